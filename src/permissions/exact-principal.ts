import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { describeProblem } from '../contract/problem';

/** ARN of the principal. Empty if it has none, which `exactPrincipalProblems` reports. */
export function arnOfPrincipal({ grantPrincipal }: iam.IGrantable): string {
  return arnsOf(grantPrincipal)[0] ?? '';
}

/**
 * A grant names one principal by its ARN. An account or a wildcard would allow principals that are not named; a group
 * is not a principal.
 */
export function exactPrincipalProblems(scope: Construct, where: string, { grantPrincipal }: iam.IGrantable): string[] {
  const { principalJson, conditions } = grantPrincipal.policyFragment;
  const arns = arnsOf(grantPrincipal);
  const written = JSON.stringify(Stack.of(scope).resolve(arns));
  const isExact = arns.length === 1 && Object.keys(principalJson).length === 1 && Object.keys(conditions).length === 0
    && !(grantPrincipal instanceof iam.Group) && !/\*|:root"|"\d{12}"|:group\//.test(written);
  if (isExact) return [];
  const [given = grantPrincipal.constructor.name] = arns;
  return [describeProblem({
    where,
    what: 'is not exactly one principal with an ARN',
    given: Token.isUnresolved(given) ? grantPrincipal.constructor.name : given,
    allowed: 'a role or a user, without conditions',
    remedy: 'create one grant for each role',
  })];
}

function arnsOf(principal: iam.IPrincipal): string[] {
  return [principal.policyFragment.principalJson.AWS ?? []].flat();
}
