import { grantAllows, type GrantedUse } from './grant-allows';
import type { Grant } from '../model/grants/grant';
import type { KeyStore } from '../model/keys/key-store';
import type { KmsKey } from '../model/keys/kms-key';
import type { Caller } from '../protocol/caller';
import type { EncryptionContext } from '../protocol/encryption-context';

/** One action that somebody is about to perform, with what a decision about it may depend on. */
export interface AuthorizationRequest {
  readonly caller: Caller;
  /** As in a policy: `kms:Encrypt`; ReEncrypt asks for `kms:ReEncryptFrom` and `kms:ReEncryptTo`. */
  readonly action: string;
  /** Absent for actions on no key in particular, such as `kms:CreateKey`. */
  readonly key?: KmsKey;
  /** Present when the action is on the alias itself; then `key` is absent. The ARN of the alias. */
  readonly aliasArn?: string;
  /** The one that belongs to this action: ReEncrypt has one for each side. */
  readonly encryptionContext?: EncryptionContext;
  /** The operation's request as it was read. Condition keys such as `kms:SigningAlgorithm` follow from its members. */
  readonly request: object;
  /** Where the call arrived: keys have their aliases there. */
  readonly store: KeyStore;
  /** Epoch milliseconds on the virtual clock. */
  readonly now: number;
}

/** Why an action is refused, in the words that follow AWS's "is not authorized to perform: ... on resource: ...". */
export interface Denial {
  readonly because: string;
  /** Whether the caller's own policies refuse. If so, callers from another account may know that the key exists. @default false */
  readonly byIdentityPolicy?: boolean;
}

/** The action is allowed by a grant alone. CreateGrant must know: who acts by a grant cannot hand on more than it gives. */
export interface AllowedByGrant {
  readonly byGrant: Grant;
}

/** A denial, a permission that comes from a grant, or nothing when the action may go on for another reason. */
export type Decision = Denial | AllowedByGrant | undefined;

const NO_POLICY_ALLOWS: Denial = { because: 'because no resource-based policy allows the action' };

/** Decides who may do what. Asked before an operation looks at a key's state and before it has any effect. */
export interface Authorizer {
  decide(request: AuthorizationRequest): Decision | Promise<Decision>;
}

/**
 * Lets everybody do everything with the keys of their own account, whatever policies say, and with those of others what grants allow.
 *
 * For tests that are not about permissions. Use across accounts by policy needs an authorizer that reads policies.
 */
export const ALLOW_WITHIN_THE_ACCOUNT: Authorizer = {
  decide: (request) => {
    const { key, caller } = request;
    if (key === undefined || key.account === caller.account) return undefined;
    const byGrant = grantAllows(key, grantedUseOf(request));
    return byGrant === undefined ? NO_POLICY_ALLOWS : { byGrant };
  },
};

/** What grants look at in a request. */
export function grantedUseOf({ caller, action, encryptionContext, now, request }: AuthorizationRequest): GrantedUse {
  const { GrantTokens: grantTokens } = request as { readonly GrantTokens?: readonly string[] };
  return { principalArn: caller.principalArn, action, encryptionContext, now, grantTokens };
}
