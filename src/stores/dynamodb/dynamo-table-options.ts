import { type ContextValue } from '../formats/context-value';
import { type ForeignRecords } from '../formats/foreign-records';

/** How a DynamoDB table holds data keys. */
export interface DynamoTableStoreOptions {
  /**
   * The attribute with the CiphertextBlob of the data key, as KMS returned it: binary, or text in base64 or base64url,
   * with or without padding and line feeds. A rotation keeps the format.
   *
   * It is the name of an attribute of the item itself. A data key in a map or a list is not supported: synthesis warns
   * of a name that looks like a path, such as `keys.dataKey`.
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
   * A rotation writes it, so it cannot be a data key or part of an encryption context, of this store or of another one
   * of the table.
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
   * Encryption contexts that older records may have instead: `[{}]` if they have none.
   *
   * KMS decides which one is right: they are tried in this order if it refuses `encryptionContext`. A record keeps the
   * context that it has. Each refused attempt is a KMS request.
   *
   * @default - every record has `encryptionContext`
   */
  readonly formerEncryptionContexts?: { readonly [name: string]: ContextValue }[];

  /**
   * What happens to records whose data key is encrypted under a key that is not a generation of this rotating key.
   *
   * `ForeignRecords.SKIP` is for a table that holds records of several keys, such as a key for each tenant. Each
   * rotating key then re-encrypts its own records, and KMS decides which these are.
   *
   * @default - `ForeignRecords.SKIP` if another rotating key of the app declares the same attribute of the same table,
   * otherwise `ForeignRecords.QUARANTINE`
   */
  readonly foreignRecords?: ForeignRecords;

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
