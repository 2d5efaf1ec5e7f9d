import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ServiceUse } from './service-use';
import { describeProblem } from '../../contract/problem';
import type { KeyKind } from '../kind/key-kind';

/** What cannot be meant by what was said about services: a statement that would let nobody in, or a key that the service does not take. */
export function serviceUserProblems(scope: Construct, uses: readonly ServiceUse[], kind: KeyKind): string[] {
  return [
    ...twiceProblems(uses),
    ...uses.flatMap((use) => [
      ...kindProblems(use, kind),
      ...regionProblems(scope, use),
      ...(use.callers ?? []).flatMap((caller) => callerProblems(scope, use, caller)),
    ]),
  ];
}

function twiceProblems(uses: readonly ServiceUse[]): string[] {
  const names = uses.map(({ name }) => name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => describeProblem({
    where: 'serviceUsers', what: 'this use is given more than once', given: name, remedy: 'name all its callers or resources in one',
  }));
}

function kindProblems({ name, kind: needed }: ServiceUse, { spec, usage }: KeyKind): string[] {
  if (spec.name === needed.spec.name && usage.name === needed.usage.name) return [];
  return [describeProblem({
    where: 'serviceUsers',
    what: `the service does not take this kind of key for ${name}`,
    given: `${spec.name} for ${usage.name}`,
    allowed: `${needed.spec.name} for ${needed.usage.name}`,
    remedy: 'give the service another key',
  })];
}

function regionProblems(scope: Construct, { name, region: needed }: ServiceUse): string[] {
  const { region } = Stack.of(scope);
  if (needed === undefined || Token.isUnresolved(region) || region === needed) return [];
  return [describeProblem({
    where: 'serviceUsers', what: `the service takes no keys of this Region for ${name}`, given: region, allowed: needed, remedy: 'make the key in a stack of that Region',
  })];
}

/** Whom the service can call for: roles and users of this account, as `kms:CallerAccount` says. */
function callerProblems(scope: Construct, { name }: ServiceUse, { grantPrincipal }: iam.IGrantable): string[] {
  const { principalAccount, policyFragment: { principalJson } } = grantPrincipal;
  const where = `serviceUsers, ${name}`;
  if (!('AWS' in principalJson)) {
    return [describeProblem({
      where, what: 'a service is called by roles and users', given: grantPrincipal.constructor.name, remedy: 'name the role in whose name the service calls',
    })];
  }
  if (principalAccount === undefined || Token.compareStrings(principalAccount, Stack.of(scope).account) !== TokenComparison.DIFFERENT) return [];
  return [describeProblem({
    where,
    what: 'a caller is of another account',
    given: principalAccount,
    allowed: 'callers of the account of the key',
    remedy: 'name it as one of otherAccounts',
  })];
}
