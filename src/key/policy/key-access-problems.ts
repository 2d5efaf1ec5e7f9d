import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { KeyAccessProps } from './key-access';
import { describeProblem } from '../../contract/problem';
import { encrypts, isSymmetric, type KeyAccessSetting } from '../kind/key-kind';
import { serviceUserProblems } from '../services/service-user-problems';

/** What cannot be meant by what was said about access. */
export function accessProblems(scope: Construct, props: KeyAccessProps, { kind }: KeyAccessSetting): string[] {
  const { encryptionContext = {}, otherAccounts = [], reEncryptionWorkers = [], serviceUsers = [], organizationId } = props;
  const problems: string[] = [];
  const pairs = Object.keys(encryptionContext);
  if (pairs.length > 0 && !(isSymmetric(kind) && encrypts(kind))) {
    problems.push(describeProblem({
      where: 'encryptionContext',
      what: `only symmetric encryption keys know encryption contexts, and this one is of spec ${kind.spec.name}`,
      given: pairs.join(', '),
      remedy: 'leave it out',
    }));
  }
  if (reEncryptionWorkers.length > 0 && !encrypts(kind)) {
    problems.push(describeProblem({
      where: 'reEncryptionWorkers', what: 'there is no ciphertext to re-encrypt', given: `keyUsage ${kind.usage.name}`, allowed: 'ENCRYPT_DECRYPT', remedy: 'leave them out',
    }));
  }
  if (organizationId !== undefined && otherAccounts.length === 0) {
    problems.push(describeProblem({
      where: 'organizationId', what: 'is about principals of other accounts, and none is named', given: organizationId, remedy: 'name them as otherAccounts, or leave it out',
    }));
  }
  return [
    ...problems,
    ...otherAccounts.flatMap((grantee) => otherAccountProblems(scope, grantee)),
    ...serviceUserProblems(scope, serviceUsers.map(({ _use: use }) => use), kind),
  ];
}

/** A root stands for whoever that account lets in: to name one role would then name all. */
function otherAccountProblems(scope: Construct, { grantPrincipal }: iam.IGrantable): string[] {
  const [given = ''] = Object.values(grantPrincipal.policyFragment.principalJson).flat().map((each) => String(Stack.of(scope).resolve(each)));
  const isExact = !(grantPrincipal instanceof iam.AccountPrincipal) && !/:root$|\*|^\d{12}$/.test(given) && 'AWS' in grantPrincipal.policyFragment.principalJson;
  if (!isExact) {
    return [describeProblem({
      where: 'otherAccounts',
      what: 'is no single principal of another account',
      given: Token.isUnresolved(given) || given === '[object Object]' ? grantPrincipal.constructor.name : given,
      allowed: 'roles and users by their ARNs',
      remedy: 'name each role that uses the key',
    })];
  }
  return [];
}
