import type { Tags } from './keys';

/** One call of ReEncrypt. */
export interface ReEncryptRequest {
  readonly blob: Uint8Array;
  /** Absent: KMS reads the source key from the blob. */
  readonly sourceKeyId?: string;
  readonly destinationKeyArn: string;
  /** The same on both sides: a data key never changes its context by rotation. */
  readonly encryptionContext: Tags;
}

/**
 * Why KMS refused one blob. Anything else is thrown as a `Failure`.
 *
 * `key-not-ready` (disabled, pending deletion or import) is returned too: only the caller knows whether the key that
 * the message names is a generation of the family, which stops the run, or a foreign key, which quarantines the record.
 */
export type ReEncryptRefusal = 'incorrect-key' | 'invalid-ciphertext' | 'access-denied' | 'key-not-ready';

/** The result of one call of ReEncrypt. */
export type ReEncryptResponse =
  | {
    readonly kind: 'answered';
    readonly blob: Uint8Array;
    readonly sourceKeyArn: string;
    readonly destinationKeyArn: string;
    readonly requestId: string;
  }
  | { readonly kind: 'refused'; readonly refusal: ReEncryptRefusal; readonly message: string; readonly requestId: string };

/**
 * Whether ReEncrypt between two keys is allowed. `key-not-ready`: the policies allow it, but the state of a
 * key does not.
 */
export type ReEncryptPermission = 'allowed' | 'denied' | 'key-not-ready';

/** Re-encrypts data keys, as the worker. Its only permissions in KMS. */
export interface ReEncryptionPort {
  /** Re-encrypts one data key inside KMS. */
  reEncrypt(request: ReEncryptRequest): Promise<ReEncryptResponse>;
  /** Sends the same call as a dry run: it has no effect, and no key counts as used. `succeeds` names no source key. */
  tryReEncrypt(request: ReEncryptRequest): Promise<'succeeds' | ReEncryptResponse & { readonly kind: 'refused' }>;
  /** Checks whether this worker may re-encrypt from one key to the other, with DryRun and IGNORE_CIPHERTEXT. */
  mayReEncrypt(sourceKeyArn: string, destinationKeyArn: string): Promise<ReEncryptPermission>;
}
