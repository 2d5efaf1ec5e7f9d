import { satisfies } from './constraints';
import type { Grant, GrantOperation } from '../model/grants/grant';
import { readGrantToken } from '../model/grants/grant-token';
import type { KmsKey } from '../model/keys/kms-key';
import type { EncryptionContext } from '../protocol/encryption-context';

/** Who wants to do what with a key, and what he shows for it. */
export interface GrantedUse {
  /** The ARN of the caller: of a user, a role, or a session of a role. */
  readonly principalArn: string;
  /** As in a policy: `kms:Encrypt`, `kms:ReEncryptFrom`. */
  readonly action: string;
  /** Absent when the request has none. */
  readonly encryptionContext?: EncryptionContext;
  /** Epoch milliseconds. */
  readonly now: number;
  /** A grant whose token is here counts at once. */
  readonly grantTokens?: readonly string[];
}

/**
 * The grant that lets this principal do this with this key, or nothing.
 *
 * Never for `kms:RetireGrant`: a grant lets its grantee retire that very grant and no other, so that RetireGrant asks the grant itself.
 */
export function grantAllows(key: KmsKey, use: GrantedUse): Grant | undefined {
  if (use.action === 'kms:RetireGrant') return undefined;
  for (const grant of key.grants.values()) if (allows(grant, use)) return grant;
  return undefined;
}

/** Whether this very grant lets the principal do this. */
export function allows(grant: Grant, { principalArn, action, encryptionContext, now, grantTokens }: GrantedUse): boolean {
  const operation = action.slice('kms:'.length) as GrantOperation;
  const { granteePrincipal, operations, constraints } = grant.terms;
  return granteePrincipal !== undefined && isSamePrincipal(granteePrincipal, principalArn)
    && operations.includes(operation)
    && satisfies(constraints ?? {}, operation, encryptionContext)
    && hasEffect(grant, now, grantTokens);
}

/** A grant has effect once everybody has heard of it, and before that for requests that bring its token. */
export function hasEffect(grant: Grant, now: number, grantTokens: readonly string[] = []): boolean {
  return grant.countsFrom <= now || grantTokens.some((token) => readGrantToken(token)?.grantId === grant.grantId);
}

/**
 * Whether a principal that a grant names is the one who calls. A role stands for all its sessions.
 *
 * AWS does not say what a grant to a whole account means for its users and roles: here it means the root user alone, so that nothing
 * works here that might not work there.
 */
export function isSamePrincipal(named: string, caller: string): boolean {
  if (named === caller) return true;
  const [, partition, account, role] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(caller) ?? [];
  // The ARN of a role may have a path before its name, which the ARN of a session leaves out.
  return role !== undefined && named.startsWith(`arn:${partition}:iam::${account}:role/`) && named.endsWith(`/${role}`);
}
