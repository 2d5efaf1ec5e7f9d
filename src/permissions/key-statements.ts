import * as iam from 'aws-cdk-lib/aws-iam';
import { byOwnConditions, withOwnConditions } from './principals/own-conditions';

/** Statement that delegates access to IAM policies of the account. */
export function accountStatement(): iam.PolicyStatement {
  return keyStatement('AccountMayDelegateAccessByIam', new iam.AccountRootPrincipal(), ['kms:*']);
}

/**
 * Statements for several principals: one for those without conditions, and one for each set of conditions. Empty
 * without principals, because KMS refuses a statement that has none.
 */
export function keyStatements(
  sid: string, grantees: readonly iam.IGrantable[], actions: readonly string[], conditions?: iam.Conditions,
): iam.PolicyStatement[] {
  return byOwnConditions(grantees).map((principals, position) =>
    statement(sidAt(sid, position), principals, actions, conditions));
}

/** Statement for one principal. */
export function keyStatement(
  sid: string,
  grantee: iam.IGrantable,
  actions: readonly string[],
  conditions?: iam.Conditions,
): iam.PolicyStatement {
  return statement(sid, [grantee.grantPrincipal], actions, conditions);
}

/** In a key policy, resource `*` means this key only. */
function statement(
  sid: string,
  principals: iam.IPrincipal[],
  actions: readonly string[],
  conditions: iam.Conditions = {},
): iam.PolicyStatement {
  for (const principal of principals) withOwnConditions(sid, { grantPrincipal: principal }, conditions);
  return new iam.PolicyStatement({ sid, actions: [...actions], principals, resources: ['*'], conditions });
}

/** A Sid is unique in a policy. */
function sidAt(sid: string, position: number): string {
  if (position === 0) return sid;
  return `${sid}UnderConditions${position === 1 ? '' : position}`;
}
