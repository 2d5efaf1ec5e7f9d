import { satisfies } from './constraints';
import type { Grant, GrantOperation } from '../model/grants/grant';
import { readGrantToken } from '../model/grants/grant-token';
import type { KmsKey } from '../model/keys/kms-key';
import type { EncryptionContext } from '../protocol/encryption-context';

/** The use of a key that grants are checked for, with the grant tokens of the request. */
export interface GrantedUse {
  /** The ARN of the caller: of a user, a role, or a session of a role. */
  readonly principalArn: string;
  /** The name of the action in policies: `kms:Encrypt`, `kms:ReEncryptFrom`. */
  readonly action: string;
  /** Absent when the request has none. */
  readonly encryptionContext?: EncryptionContext;
  /** Epoch milliseconds. */
  readonly now: number;
  /** A grant whose token is in the request counts immediately. */
  readonly grantTokens?: readonly string[];
}

/**
 * The grant that allows this principal this action on this key, or `undefined`.
 *
 * Never for `kms:RetireGrant`: a grant allows its grantee to retire that grant and no other, so that RetireGrant checks
 * the grant itself.
 */
export function grantAllows(key: KmsKey, use: GrantedUse): Grant | undefined {
  if (use.action === 'kms:RetireGrant') return undefined;
  for (const grant of key.grants.values()) if (allows(grant, use)) return grant;
  return undefined;
}

/** Whether this grant allows the principal this action. */
export function allows(grant: Grant, { principalArn, action, encryptionContext, now, grantTokens }: GrantedUse): boolean {
  const operation = action.slice('kms:'.length) as GrantOperation;
  const { granteePrincipal, operations, constraints } = grant.terms;
  return granteePrincipal !== undefined && isSamePrincipal(granteePrincipal, principalArn)
    && operations.includes(operation)
    && satisfies(constraints ?? {}, operation, encryptionContext)
    && hasEffect(grant, now, grantTokens);
}

/** A grant has effect after its propagation delay, and before that for requests that include its token. */
export function hasEffect(grant: Grant, now: number, grantTokens: readonly string[] = []): boolean {
  return grant.countsFrom <= now || grantTokens.some((token) => readGrantToken(token)?.grantId === grant.grantId);
}

/**
 * Whether a principal that a grant names is the caller. A role includes all its sessions.
 *
 * AWS does not document what a grant to an account means for its users and roles. Here it means the root user alone, so
 * that nothing works here that might fail in AWS.
 */
export function isSamePrincipal(named: string, caller: string): boolean {
  if (named === caller) return true;
  const [, partition, account, role] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(caller) ?? [];
  // The ARN of a role may have a path before its name; the ARN of a session has none.
  return role !== undefined && named.startsWith(`arn:${partition}:iam::${account}:role/`) && named.endsWith(`/${role}`);
}
