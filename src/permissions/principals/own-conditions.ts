import * as iam from 'aws-cdk-lib/aws-iam';
import { isNameable } from './nameable';
import { describeProblem } from '../../contract/problem';

/**
 * The conditions of a principal, such as those of `withConditions`, together with those of a statement.
 *
 * The AWS CDK drops the conditions of a principal when it adds a statement to the IAM policy of that principal, and
 * keeps only one of two conditions with the same operator and key. Both would allow more than was declared.
 *
 * @param where the statement or the grant, which the error names
 */
export function withOwnConditions(where: string, { grantPrincipal }: iam.IGrantable, conditions: iam.Conditions = {}): ByOperator {
  const own = conditionsOf(grantPrincipal);
  requireSeparateConditions(where, own, conditions);
  const operators = new Set([...Object.keys(own), ...Object.keys(conditions)]);
  return Object.fromEntries([...operators].map((operator) =>
    [operator, { ...own[operator] as object | undefined, ...conditions[operator] as object | undefined }]));
}

/** Conditions by operator, and then by condition key. */
type ByOperator = Record<string, Record<string, unknown>>;

/**
 * Principals by their conditions: first those without any. A principal that no statement can name is left out: its
 * problem is reported where it is declared.
 */
export function byOwnConditions(grantees: readonly iam.IGrantable[]): iam.IPrincipal[][] {
  const groups = new Map<string, iam.IPrincipal[]>([['{}', []]]);
  for (const { grantPrincipal } of grantees.filter(isNameable)) {
    const conditions = JSON.stringify(conditionsOf(grantPrincipal));
    groups.set(conditions, [...groups.get(conditions) ?? [], grantPrincipal]);
  }
  return [...groups.values()].filter((principals) => principals.length > 0);
}

function conditionsOf(principal: iam.IPrincipal): iam.Conditions {
  return principal instanceof iam.UnknownPrincipal ? {} : principal.policyFragment.conditions;
}

function requireSeparateConditions(where: string, own: iam.Conditions, conditions: iam.Conditions): void {
  const declared = comparisons(conditions);
  for (const { name, value } of comparisons(own)) {
    const same = declared.find((other) => other.name.toLowerCase() === name.toLowerCase());
    if (same === undefined || (same.name === name && same.value === value)) continue;
    throw new Error(describeProblem({
      where,
      what: 'a principal has a condition on a key on which the statement has another condition, and only one would be kept',
      given: `${name} = ${value} of the principal, and ${same.value} of the statement`,
      remedy: 'remove the condition from the principal, or allow the principal in a statement of its own',
    }));
  }
}

function comparisons(conditions: iam.Conditions): { readonly name: string; readonly value: string }[] {
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys as object).map(([key, value]) => ({ name: `${operator} ${key}`, value: JSON.stringify(value) })));
}
