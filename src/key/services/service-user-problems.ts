import { Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ServiceUse } from './service-use';
import { describeProblem } from '../../contract/problem';
import { accountOf, isOfAnotherAccount, principalProblems, principalsOf } from '../../permissions/principals/principal-problems';
import type { KeyKind } from '../kind/key-kind';

/** Service users whose statement would allow nothing, or whose service does not accept this key. */
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
    where: 'serviceUsers', what: 'a use is given more than once', given: name, remedy: 'name all its callers or resources in one use',
  }));
}

function kindProblems({ name, kind: needed }: ServiceUse, { spec, usage }: KeyKind): string[] {
  if (spec.name === needed.spec.name && usage === needed.usage) return [];
  return [describeProblem({
    where: 'serviceUsers',
    what: `the service of ${name} does not accept this kind of key`,
    given: `${spec.name} for ${usage}`,
    allowed: `${needed.spec.name} for ${needed.usage}`,
    remedy: 'use another key for the service',
  })];
}

function regionProblems(scope: Construct, { name, region: needed }: ServiceUse): string[] {
  const { region } = Stack.of(scope);
  if (needed === undefined || Token.isUnresolved(region) || region === needed) return [];
  return [describeProblem({
    where: 'serviceUsers',
    what: `the service of ${name} does not accept keys of this Region`,
    given: region,
    allowed: needed,
    remedy: 'create the key in a stack of that Region',
  })];
}

/**
 * A service can call only on behalf of roles and users of this account: the condition on `kms:CallerAccount` refuses
 * all others.
 */
function callerProblems(scope: Construct, { name }: ServiceUse, caller: iam.IGrantable): string[] {
  const where = `serviceUsers, ${name}`;
  // The statement has this condition, with the value of the service.
  const problems = principalProblems(scope, where, caller, { StringEquals: { 'kms:ViaService': name } });
  if (problems.length > 0) return problems;
  if (principalsOf(scope, caller).some(({ kind }) => kind === 'other')) {
    return [describeProblem({
      where,
      what: 'a caller must be a role or a user',
      given: caller.grantPrincipal.constructor.name,
      remedy: 'name the role on whose behalf the service calls KMS',
    })];
  }
  if (!isOfAnotherAccount(scope, caller)) return [];
  return [describeProblem({
    where,
    what: 'a caller is in another account',
    given: accountOf(scope, caller),
    allowed: 'callers in the account of the key',
    remedy: 'add it to otherAccounts',
  })];
}
