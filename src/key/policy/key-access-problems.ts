import { Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { KeyAccessProps } from './key-access';
import { describeProblem } from '../../contract/problem';
import { principalProblems, principalsOf } from '../../permissions/principals/principal-problems';
import { encrypts, isSymmetric, type KeyAccessSetting } from '../kind/key-kind';
import { serviceUserProblems } from '../services/service-user-problems';

/** The access properties of a key of any construct. */
export interface AccessOfKey extends KeyAccessProps {
  /** Of a key with imported key material. */
  readonly materialOperators?: readonly iam.IGrantable[];
}

/** Contradictions in the access properties, and principals that cannot be named in a key policy. */
export function accessProblems(scope: Construct, props: AccessOfKey, setting: KeyAccessSetting): string[] {
  const { administrators = [], users = [], otherAccounts = [], reEncryptionWorkers = [], materialOperators = [] } = props;
  const lists = { administrators, users, otherAccounts, reEncryptionWorkers, materialOperators };
  const serviceUses = (props.serviceUsers ?? []).map(({ _use: use }) => use);
  return [
    ...Object.entries(lists).flatMap(([where, grantees]) =>
      grantees.flatMap((grantee) => principalProblems(scope, where, grantee))),
    ...otherAccounts.flatMap((grantee) => otherAccountProblems(scope, grantee)),
    ...contextProblems(props, setting),
    ...workerProblems(props, setting),
    ...organizationProblems(props),
    ...serviceUserProblems(scope, serviceUses, setting.kind),
  ];
}

/** A service is in no account. All other principals are checked as in every property. */
function otherAccountProblems(scope: Construct, grantee: iam.IGrantable): string[] {
  if (principalProblems(scope, 'otherAccounts', grantee).length > 0) return [];
  return principalsOf(scope, grantee).filter(({ kind }) => kind === 'other' || kind === 'every principal').map(({ text }) =>
    describeProblem({
      where: 'otherAccounts',
      what: 'is not a principal of another account',
      given: text,
      allowed: 'roles and users by their ARNs',
      remedy: 'name each role that uses the key; a service is one of users or serviceUsers',
    }));
}

function contextProblems(
  { encryptionContext, users = [], otherAccounts = [] }: KeyAccessProps, { kind }: KeyAccessSetting,
): string[] {
  if (encryptionContext === undefined) return [];
  const names = Object.keys(encryptionContext);
  const problems: string[] = [];
  const report = (what: string, given: string, remedy: string) =>
    problems.push(describeProblem({ where: 'encryptionContext', what, given, remedy }));
  if (names.length === 0) report('has no pairs, so it restricts no principal', 'no pairs', 'add pairs, or omit it');
  if (names.length > 0 && !(isSymmetric(kind) && encrypts(kind))) {
    report(`only symmetric encryption keys support encryption contexts, and this key has spec ${kind.spec.name}`,
      names.join(', '), 'omit it');
  } else if (users.length + otherAccounts.length === 0) {
    report('restricts users and otherAccounts, and none is given', names.join(', '),
      'add the principals to users: grant methods and IAM policies are not restricted by it');
  }
  const alike = names.filter((name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index);
  if (alike.length > 0) {
    report('the names of condition keys are not case-sensitive, so names that differ only by case are one name', alike.join(', '),
      'use other names');
  }
  return problems;
}

function workerProblems({ reEncryptionWorkers = [] }: KeyAccessProps, { kind }: KeyAccessSetting): string[] {
  if (reEncryptionWorkers.length === 0 || encrypts(kind)) return [];
  return [describeProblem({
    where: 'reEncryptionWorkers',
    what: 'a key with this usage has no ciphertext to re-encrypt',
    given: `keyUsage ${kind.usage}`,
    allowed: 'ENCRYPT_DECRYPT',
    remedy: 'omit them',
  })];
}

/** Source of the pattern: Organization, AWS Organizations API reference. */
function organizationProblems({ organizationId, otherAccounts = [] }: KeyAccessProps): string[] {
  if (organizationId === undefined) return [];
  if (!Token.isUnresolved(organizationId) && !/^o-[a-z0-9]{10,32}$/.test(organizationId)) {
    return [describeProblem({
      where: 'organizationId',
      what: 'is not the id of an organization, so the condition would match no principal',
      given: JSON.stringify(organizationId),
      allowed: 'o- and 10 to 32 lower-case letters or digits',
      remedy: 'copy it from DescribeOrganization',
    })];
  }
  return otherAccounts.length > 0 ? [] : [describeProblem({
    where: 'organizationId',
    what: 'restricts principals of other accounts, and none is given',
    given: organizationId,
    remedy: 'add them to otherAccounts, or omit it',
  })];
}
