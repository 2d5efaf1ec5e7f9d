import { type ContextValue } from '../formats/context-value';

/** How a DynamoDB table holds data keys. */
export interface DynamoTableStoreOptions {
  /**
   * The attribute with the CiphertextBlob of the data key, as KMS returned it: binary, or text in base64. A rotation
   * keeps the format.
   *
   * Items without this attribute are not records. They are never changed.
   */
  readonly dataKeyAttribute: string;

  /**
   * The attribute in which the application stores the `KeyId` that KMS returned with the data key: the ARN or the id of
   * the KMS key.
   *
   * It saves a KMS request for each record that is already encrypted under the current generation. Every record that a
   * rotation re-encrypts gets the new value. The census ignores the attribute. An alias in it has no effect, because an
   * alias refers to another key after each rotation.
   *
   * @default - no recorded key id; every pass sends every data key to KMS
   */
  readonly keyIdAttribute?: string;

  /**
   * The pairs of the encryption context of every data key, exactly as the application passes them to KMS.
   *
   * A data key cannot be decrypted with a different context. A record is written only if the attributes from which its
   * context is taken have not changed since it was read.
   *
   * @default - no encryption context
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
   */
  readonly encryptionContext?: { readonly [name: string]: ContextValue };

  /**
   * Number of shards into which the table is divided, from 1 to 1000. Up to `maxConcurrency` of them are re-encrypted
   * at the same time.
   *
   * @default 4
   */
  readonly shards?: number;

  /**
   * Name of the store in evidence and errors: up to 64 letters, digits, `-` and `_`, unique in its rotating key.
   *
   * @default - the id of the table's construct
   */
  readonly storeId?: string;
}
