import * as iam from 'aws-cdk-lib/aws-iam';

/** Lets IAM policies of the account take effect on the key. */
export function accountStatement(): iam.PolicyStatement {
  return keyStatement('AccountMayDelegateAccessByIam', new iam.AccountRootPrincipal(), ['kms:*']);
}

/** Nobody named, nothing said: a statement without principals would be refused. */
export function keyStatements(
  sid: string, grantees: readonly iam.IGrantable[], actions: readonly string[], conditions?: iam.Conditions,
): iam.PolicyStatement[] {
  return grantees.length === 0 ? [] : [statement(sid, grantees, actions, conditions)];
}

/** What one principal may do. */
export function keyStatement(sid: string, grantee: iam.IGrantable, actions: readonly string[], conditions?: iam.Conditions): iam.PolicyStatement {
  return statement(sid, [grantee], actions, conditions);
}

/** In a key policy `*` means this key, and nothing else. */
function statement(sid: string, grantees: readonly iam.IGrantable[], actions: readonly string[], conditions?: iam.Conditions): iam.PolicyStatement {
  const principals = grantees.map((grantee) => grantee.grantPrincipal);
  return new iam.PolicyStatement({ sid, actions: [...actions], principals, resources: ['*'], conditions });
}
