import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { KeyAccessProps } from './key-access';
import { describeProblem } from '../../contract/problem';
import { encrypts, isSymmetric, type KeyAccessSetting } from '../kind/key-kind';
import { serviceUserProblems } from '../services/service-user-problems';

/** Contradictions in the access properties. */
export function accessProblems(scope: Construct, props: KeyAccessProps, { kind }: KeyAccessSetting): string[] {
  const { encryptionContext = {}, otherAccounts = [], reEncryptionWorkers = [], serviceUsers = [], organizationId } = props;
  const problems: string[] = [];
  const pairs = Object.keys(encryptionContext);
  if (pairs.length > 0 && !(isSymmetric(kind) && encrypts(kind))) {
    problems.push(describeProblem({
      where: 'encryptionContext',
      what: `only symmetric encryption keys support encryption contexts, and this key has spec ${kind.spec.name}`,
      given: pairs.join(', '),
      remedy: 'omit it',
    }));
  }
  if (reEncryptionWorkers.length > 0 && !encrypts(kind)) {
    problems.push(describeProblem({
      where: 'reEncryptionWorkers',
      what: 'a key with this usage has no ciphertext to re-encrypt',
      given: `keyUsage ${kind.usage}`,
      allowed: 'ENCRYPT_DECRYPT',
      remedy: 'omit them',
    }));
  }
  if (organizationId !== undefined && otherAccounts.length === 0) {
    problems.push(describeProblem({
      where: 'organizationId',
      what: 'restricts principals of other accounts, and none is given',
      given: organizationId,
      remedy: 'add them to otherAccounts, or omit it',
    }));
  }
  return [
    ...problems,
    ...otherAccounts.flatMap((grantee) => otherAccountProblems(scope, grantee)),
    ...serviceUserProblems(scope, serviceUsers.map(({ _use: use }) => use), kind),
  ];
}

/**
 * An account root means every principal that IAM policies of that account allow, so it is refused: each role must be
 * named.
 */
function otherAccountProblems(scope: Construct, { grantPrincipal }: iam.IGrantable): string[] {
  const [given = ''] = Object.values(grantPrincipal.policyFragment.principalJson)
    .flat()
    .map((each) => String(Stack.of(scope).resolve(each)));
  const isExact =
    !(grantPrincipal instanceof iam.AccountPrincipal) &&
    !/:root$|\*|^\d{12}$/.test(given) &&
    'AWS' in grantPrincipal.policyFragment.principalJson;
  if (!isExact) {
    return [describeProblem({
      where: 'otherAccounts',
      what: 'is not a single principal of another account',
      given: Token.isUnresolved(given) || given === '[object Object]' ? grantPrincipal.constructor.name : given,
      allowed: 'roles and users by their ARNs',
      remedy: 'name each role that uses the key',
    })];
  }
  return [];
}
