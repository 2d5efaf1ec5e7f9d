import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { isNameable } from './principals/nameable';
import { principalProblems, principalsOf } from './principals/principal-problems';
import { describeProblem } from '../contract/problem';

/** ARN of the principal. Empty if it has none, which `exactPrincipalProblems` reports. */
export function arnOfPrincipal({ grantPrincipal }: iam.IGrantable): string {
  if (!isNameable({ grantPrincipal })) return '';
  return [grantPrincipal.policyFragment.principalJson.AWS ?? []].flat()[0] ?? '';
}

/**
 * A grant names one principal by its ARN. An account or a wildcard would allow principals that are not named; a group
 * is not a principal.
 */
export function exactPrincipalProblems(scope: Construct, where: string, grantee: iam.IGrantable): string[] {
  if (grantee.grantPrincipal instanceof iam.UnknownPrincipal) return principalProblems(scope, where, grantee);
  const principals = principalsOf(scope, grantee);
  const isExact = principals.length === 1 && principals.every(({ kind }) => kind === 'identity' || kind === 'unknown')
    && Object.keys(grantee.grantPrincipal.policyFragment.conditions).length === 0;
  if (isExact) return [];
  return [describeProblem({
    where,
    what: 'is not exactly one principal with an ARN',
    given: principals.map(({ text }) => text).join(', '),
    allowed: 'a role or a user, without conditions',
    remedy: 'create one grant for each role',
  })];
}
