import * as iam from 'aws-cdk-lib/aws-iam';

/** Class of the grant principal of a policy. The AWS CDK does not export it, and may add a digit to its name. */
const POLICY_PRINCIPAL = /^(Managed)?PolicyGrantPrincipal\d?$/;

/**
 * Whether the statement of a policy with principals can name this one. The AWS CDK throws for a statement with another
 * principal when it resolves the app, without the place and a remedy.
 */
export function isNameable(grantee: iam.IGrantable | undefined): boolean {
  const principal = grantee?.grantPrincipal;
  return principal !== undefined && !(principal instanceof iam.UnknownPrincipal) && !isGroup(principal) && !isPolicy(principal);
}

/** An IAM group has an IAM policy, and is no principal. */
export function isGroup(principal: iam.IPrincipal): boolean {
  return withoutConditions(principal) instanceof iam.Group;
}

/** An IAM policy accepts statements for the roles to which it is attached, and is no principal. */
export function isPolicy(principal: iam.IPrincipal): boolean {
  const { constructor: type } = withoutConditions(principal) as { readonly constructor?: { readonly name?: unknown } };
  return POLICY_PRINCIPAL.test(String(type?.name));
}

/** The principal to which conditions were added: a role, a group. */
export function withoutConditions(principal: iam.IPrincipal): iam.IPrincipal {
  const { wrapped } = principal as iam.IPrincipal & { readonly wrapped?: iam.IPrincipal };
  return wrapped === undefined ? principal : withoutConditions(wrapped);
}
