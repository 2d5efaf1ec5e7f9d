import type { EncryptionContext } from '../crypto/encryption-context';

/** One action that somebody is about to perform, with what a decision about it may depend on. */
export interface AuthorizationRequest {
  readonly callerAccessKey: string;
  readonly principalArn: string;
  readonly account: string;
  /** As in a policy: `kms:Encrypt`; ReEncrypt asks for `kms:ReEncryptFrom` and `kms:ReEncryptTo`. */
  readonly action: string;
  /** Absent for actions on no key in particular, such as `kms:CreateKey`. */
  readonly key?: { readonly arn: string; readonly policy: string };
  readonly encryptionContext?: EncryptionContext;
}

/** Why an action is refused, in the words that follow AWS's "is not authorized to perform: ... on resource: ...". */
export interface Denial {
  readonly because: string;
}

/** Decides who may do what. Asked before an operation looks at a key's state and before it has any effect. */
export interface Authorizer {
  /** A denial, or nothing when the action may go on. */
  decide(request: AuthorizationRequest): Denial | undefined;
}

/** Lets everybody do everything: for tests that are not about permissions. */
export const ALLOW_EVERYTHING: Authorizer = { decide: () => undefined };
