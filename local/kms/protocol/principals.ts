import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/** The role, user or account root of each access key. */
export type Principals = Readonly<Record<string, string>>;

/** The unique id of each role and user. One that is created again has another id. */
export type UniqueIds = Readonly<Record<string, string>>;

const UNIQUE_ID = /^A(ROA|IDA)[A-Z0-9]{4,124}$/;

const PRINCIPAL_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):(root|(role|user)\/[\w+=,.@/-]+)$/;

/** The roles and users that exist: IAM, as far as KMS reads it. */
export interface PrincipalDirectory {
  /** The role or user whose credentials contain this access key. `undefined`: KMS derives it from the access key. */
  principalOf(accessKey: string): string | undefined;
  /**
   * Whether a role or user exists. KMS refuses a key policy or a grant that names one of its own account that does not.
   */
  exists(principalArn: string): boolean;
}

/** Refuses an access key whose principal is not a role, a user or the root of an account. */
export function checkPrincipals(where: string, principals: Readonly<Record<string, unknown>>): void {
  for (const [accessKey, arn] of Object.entries(principals)) requirePrincipal(`${where} ${accessKey}`, arn);
}

export function accountOfPrincipal(principalArn: string): string | undefined {
  return PRINCIPAL_ARN.exec(principalArn)?.[1];
}

export function isAccountRoot(principalArn: string): boolean {
  return PRINCIPAL_ARN.exec(principalArn)?.[2] === 'root';
}

/** Refuses an ARN that is not that of a role, a user or the root of an account. */
export function requirePrincipal(where: string, arn: unknown): void {
  if (typeof arn === 'string' && PRINCIPAL_ARN.test(arn)) return;
  const allowed = 'ARN of a role, a user or the root of an account, as in arn:aws:iam::111122223333:role/worker';
  throw refusedPolicies(where, 'is not a principal that can call KMS', JSON.stringify(arn), allowed);
}

export function isUniqueId(principal: string): boolean {
  return UNIQUE_ID.test(principal);
}

/** Refuses what is not the unique id of a role or user. */
export function requireUniqueId(where: string, uniqueId: unknown): void {
  if (typeof uniqueId === 'string' && isUniqueId(uniqueId)) return;
  const allowed = 'AROA or AIDA and capital letters or digits';
  throw refusedPolicies(where, 'is not the unique id of a role or user', JSON.stringify(uniqueId), allowed);
}

/** A refusal of policies or principals. */
export function refusedPolicies(where: string, what: string, given: string, allowed: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, { where, what, given, allowed, remedy: 'correct the policies, and start again' });
}
