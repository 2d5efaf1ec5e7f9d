import type { EncryptionContext } from '../crypto/encryption-context';
import type { KeyStore } from '../keys/key-store';
import type { KmsKey } from '../keys/kms-key';
import type { Caller } from '../protocol/caller';

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
}

const NO_POLICY_ALLOWS: Denial = { because: 'because no resource-based policy allows the action' };

/** Decides who may do what. Asked before an operation looks at a key's state and before it has any effect. */
export interface Authorizer {
  /** A denial, or nothing when the action may go on. */
  decide(request: AuthorizationRequest): Denial | undefined | Promise<Denial | undefined>;
}

/**
 * Lets everybody do everything with the keys of their own account, whatever policies say, and nothing with those of others.
 *
 * For tests that are not about permissions. Use across accounts needs a policy that allows it, and so an authorizer that reads policies.
 */
export const ALLOW_WITHIN_THE_ACCOUNT: Authorizer = {
  decide: ({ key, caller }) => key === undefined || key.account === caller.account ? undefined : NO_POLICY_ALLOWS,
};
