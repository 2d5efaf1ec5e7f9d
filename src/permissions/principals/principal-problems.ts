import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { isGroup, isPolicy } from './nameable';
import { restrictAccount, restrictArns, restrictEveryPrincipal, type StatedConditions } from './restricting-conditions';
import { ACCOUNT_OF_THE_STACK, statedPrincipals, type PrincipalKind, type StatedPrincipal } from './stated-principal';
import { describeProblem, type Problem } from '../../contract/problem';

type PrincipalProblem = Pick<Problem, 'what' | 'allowed' | 'remedy'>;

/** What AWS KMS refuses in every statement, and why a grantee is not a principal of a key policy. */
const REFUSED_BY_KMS: ReadonlyMap<PrincipalKind, PrincipalProblem> = new Map([
  ['group', {
    what: 'is an IAM group, which cannot be a principal of a key policy',
    allowed: 'roles and users by their ARNs',
    remedy: 'name the role that its members assume, or allow the use in an IAM policy of the group',
  }],
  ['policy', {
    what: 'is an IAM policy, which cannot be a principal of a key policy',
    allowed: 'roles and users by their ARNs',
    remedy: 'name the role to which the policy is attached, or call a grant method of the key, which adds a statement to the policy',
  }],
  ['wildcard', {
    what: 'has a wildcard, and an ARN in a key policy matches exactly',
    allowed: 'roles and users by their exact ARNs',
    remedy: 'name each role, or pass new iam.AccountRootPrincipal().withConditions({ ArnLike: { \'aws:PrincipalArn\': <the pattern> } })',
  }],
  ['no ARN', {
    what: 'is not the ARN of a role or a user',
    allowed: 'roles and users by their ARNs',
    remedy: 'pass the role itself, or iam.Role.fromRoleName for a role that exists',
  }],
]);

const EVERY_PRINCIPAL: PrincipalProblem = {
  what: 'is every principal in AWS',
  allowed: 'roles and users by their ARNs',
  remedy: 'name the principals, or pass iam.OrganizationPrincipal for those of one organization',
};

const WHOLE_ACCOUNT: PrincipalProblem = {
  what: 'is a whole account: every principal that IAM policies of that account allow',
  allowed: 'roles and users by their ARNs',
  remedy: 'name each role, or restrict the account by a condition on aws:PrincipalArn with role/ or user/ and the beginning of a name',
};

/**
 * Reasons for which a principal cannot be named in a key policy, or for which more principals would be allowed than are
 * named. One check for every property and every grant.
 *
 * A whole account is accepted with a condition that names its principals, and the account of the key also with
 * `kms:ViaService`. `*` is accepted with a condition that names accounts or organizations by their whole ids.
 *
 * @param ofStatement The conditions that the statement adds to those of the principal.
 *
 * Source: "Key policies in AWS KMS", AWS KMS developer guide.
 */
export function principalProblems(scope: Construct, where: string, grantee: iam.IGrantable, ofStatement: iam.Conditions = {}): string[] {
  const principal = (grantee as iam.IGrantable | undefined)?.grantPrincipal;
  if (principal === undefined || principal instanceof iam.UnknownPrincipal) return [nothingKnown(where)];
  const conditions = { ...resolvedIn(scope, principal.policyFragment.conditions), ...ofStatement };
  return principalsOf(scope, grantee).flatMap((stated) => {
    const problem = problemOf(stated, conditions, ownAccount(scope));
    return problem === undefined ? [] : [describeProblem({ where, given: stated.text, ...problem, what: `principal ${problem.what}` })];
  });
}

/** Throws if a grantee cannot be named in a key policy. */
export function requirePrincipal(scope: Construct, grantee: iam.IGrantable): void {
  const problems = principalProblems(scope, scope.node.path, grantee);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** The reason for which AWS KMS refuses a policy that names this principal. */
export function refusalByKms({ kind }: StatedPrincipal): PrincipalProblem | undefined {
  return REFUSED_BY_KMS.get(kind);
}

/** The principals of a grantee. Empty if it is not known. */
export function principalsOf(scope: Construct, grantee: iam.IGrantable): StatedPrincipal[] {
  const grantPrincipal = (grantee as iam.IGrantable | undefined)?.grantPrincipal;
  if (grantPrincipal === undefined || grantPrincipal instanceof iam.UnknownPrincipal) return [];
  // It has no ARN as a principal: the AWS CDK throws if it is read.
  if (isPolicy(grantPrincipal)) return [{ kind: 'policy', text: nameOf(grantee) }];
  const stated = statedPrincipals(resolvedIn(scope, grantPrincipal.policyFragment.principalJson));
  // The ARN of a group of this app is a reference, which does not show that it is the ARN of a group.
  return isGroup(grantPrincipal) ? stated.map((each) => ({ ...each, kind: 'group' })) : stated;
}

function nameOf(grantee: iam.IGrantable): string {
  return Construct.isConstruct(grantee) ? grantee.node.path : 'its principal';
}

/** Whether a grantee is certainly in another account. The account is known if it is part of the ARN. */
export function isOfAnotherAccount(scope: Construct, grantee: iam.IGrantable): boolean {
  const account = accountOf(scope, grantee);
  return account !== undefined && !Token.isUnresolved(Stack.of(scope).account) && account !== Stack.of(scope).account;
}

/** The account of a grantee, if it is a literal. */
export function accountOf(scope: Construct, grantee: iam.IGrantable): string | undefined {
  const { principalAccount } = grantee.grantPrincipal;
  if (principalAccount !== undefined) return Token.isUnresolved(principalAccount) ? undefined : principalAccount;
  const [first, ...others] = principalsOf(scope, grantee).map(({ account }) => account);
  const isLiteral = first !== undefined && /^\d{12}$/.test(first);
  return isLiteral && others.every((other) => other === first) ? first : undefined;
}

function problemOf({ kind, account }: StatedPrincipal, conditions: StatedConditions, own: string): PrincipalProblem | undefined {
  if (kind === 'every principal') return restrictEveryPrincipal(conditions) ? undefined : EVERY_PRINCIPAL;
  if (kind !== 'account') return REFUSED_BY_KMS.get(kind);
  const isOwn = account === own || account === ACCOUNT_OF_THE_STACK;
  return (isOwn ? restrictAccount(conditions) : restrictArns(conditions)) ? undefined : WHOLE_ACCOUNT;
}

/** Undefined for a reference that the AWS CDK refuses: it reports this itself, with its remedy. */
function resolvedIn(scope: Construct, value: object): { readonly [name: string]: unknown } | undefined {
  try {
    return Stack.of(scope).resolve(value) as { readonly [name: string]: unknown };
  } catch {
    return undefined;
  }
}

function ownAccount(scope: Construct): string {
  const { account } = Stack.of(scope);
  return Token.isUnresolved(account) ? ACCOUNT_OF_THE_STACK : account;
}

function nothingKnown(where: string): string {
  return describeProblem({
    where,
    what: 'value is not a principal that this app knows',
    given: 'a resource without a known role, or nothing',
    allowed: 'roles and users by their ARNs',
    remedy: 'pass the role of the resource, such as iam.Role.fromRoleName',
  });
}
