import { grantAllows, type GrantedUse } from './grant-allows';
import type { Grant } from '../model/grants/grant';
import type { KeyStore } from '../model/keys/key-store';
import type { KmsKey } from '../model/keys/kms-key';
import type { Caller } from '../protocol/caller';
import type { EncryptionContext } from '../protocol/encryption-context';

/** One action that a caller is about to perform, with everything that a decision about it may depend on. */
export interface AuthorizationRequest {
  readonly caller: Caller;
  /** The name of the action in policies: `kms:Encrypt`; ReEncrypt needs `kms:ReEncryptFrom` and `kms:ReEncryptTo`. */
  readonly action: string;
  /** Absent for actions that have no key, such as `kms:CreateKey`. */
  readonly key?: KmsKey;
  /** The ARN of the alias, if the action is on the alias itself; then `key` is absent. */
  readonly aliasArn?: string;
  /** The encryption context of this action: ReEncrypt has one for each side. */
  readonly encryptionContext?: EncryptionContext;
  /** The request as the operation read it. Condition keys such as `kms:SigningAlgorithm` follow from its members. */
  readonly request: object;
  /** The keys and aliases of the place that received the call: keys have their aliases there. */
  readonly store: KeyStore;
  /** Epoch milliseconds on the virtual clock. */
  readonly now: number;
}

/** Why an action is refused, in the words that follow "is not authorized to perform: ... on resource: ..." of AWS. */
export interface Denial {
  readonly because: string;
  /**
   * Whether the identity policies of the caller refuse. If so, a caller from another account may know that the key
   * exists. @default false
   */
  readonly byIdentityPolicy?: boolean;
}

/**
 * The action is allowed by a grant alone. CreateGrant must know it: a grant that is created through another grant
 * cannot allow more than that grant.
 */
export interface AllowedByGrant {
  readonly byGrant: Grant;
}

/** A denial, a permission that comes from a grant, or `undefined` if the action is allowed for another reason. */
export type Decision = Denial | AllowedByGrant | undefined;

const NO_POLICY_ALLOWS: Denial = { because: 'because no resource-based policy allows the action' };

/**
 * Decides which principal may perform which action. It is called before an operation reads the state of a key and
 * before any effect.
 */
export interface Authorizer {
  decide(request: AuthorizationRequest): Decision | Promise<Decision>;
}

/**
 * Allows every principal all actions on the keys of its own account, independent of policies, and on keys of other
 * accounts what grants allow.
 *
 * For tests that are not about permissions. Use across accounts by policy needs an authorizer that evaluates policies.
 */
export const ALLOW_WITHIN_THE_ACCOUNT: Authorizer = {
  decide: (request) => {
    const { key, caller } = request;
    if (key === undefined || key.account === caller.account) return undefined;
    const byGrant = grantAllows(key, grantedUseOf(request));
    return byGrant === undefined ? NO_POLICY_ALLOWS : { byGrant };
  },
};

/** The part of a request that grants are evaluated against. */
export function grantedUseOf({ caller, action, encryptionContext, now, request }: AuthorizationRequest): GrantedUse {
  const { GrantTokens: grantTokens } = request as { readonly GrantTokens?: readonly string[] };
  return { principalArn: caller.principalArn, action, encryptionContext, now, grantTokens };
}
