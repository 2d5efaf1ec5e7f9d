import * as iam from 'aws-cdk-lib/aws-iam';

/** Statement that delegates access to IAM policies of the account. */
export function accountStatement(): iam.PolicyStatement {
  return keyStatement('AccountMayDelegateAccessByIam', new iam.AccountRootPrincipal(), ['kms:*']);
}

/** Statement for several principals. Empty without principals, because KMS refuses a statement that has none. */
export function keyStatements(
  sid: string, grantees: readonly iam.IGrantable[], actions: readonly string[], conditions?: iam.Conditions,
): iam.PolicyStatement[] {
  return grantees.length === 0 ? [] : [statement(sid, grantees, actions, conditions)];
}

/** Statement for one principal. */
export function keyStatement(
  sid: string,
  grantee: iam.IGrantable,
  actions: readonly string[],
  conditions?: iam.Conditions,
): iam.PolicyStatement {
  return statement(sid, [grantee], actions, conditions);
}

/** In a key policy, resource `*` means this key only. */
function statement(
  sid: string,
  grantees: readonly iam.IGrantable[],
  actions: readonly string[],
  conditions?: iam.Conditions,
): iam.PolicyStatement {
  const principals = grantees.map((grantee) => grantee.grantPrincipal);
  return new iam.PolicyStatement({ sid, actions: [...actions], principals, resources: ['*'], conditions });
}
