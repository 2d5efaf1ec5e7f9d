import { type ContextValue } from '../formats/context-value';

/** How a DynamoDB table holds data keys. */
export interface DynamoTableStoreOptions {
  /**
   * The attribute with the data key's CiphertextBlob, as KMS returned it: binary, or text in base64. It stays what it is.
   *
   * Items without it are not records, and are left alone.
   */
  readonly dataKeyAttribute: string;

  /**
   * The attribute in which the application notes the KMS key that KMS named: its ARN or its id.
   *
   * It saves a call for each record that is under the current generation already, is never believed when something is proven, and is
   * brought up to date with every write. An alias in it says nothing, since it names another key after each rotation.
   *
   * @default - not noted; every record is put to KMS in every pass
   */
  readonly keyIdAttribute?: string;

  /**
   * The encryption context of every data key, name by name, exactly as the application gives it to KMS.
   *
   * A blob opens under no other one. Attributes that it is made of are part of the condition under which a record is written.
   *
   * @default - no encryption context
   */
  readonly encryptionContext?: { readonly [name: string]: ContextValue };

  /**
   * Into how many parts the table is cut, from 1 to 1000. Up to `maxConcurrency` of them are worked on at once.
   *
   * @default 4
   */
  readonly shards?: number;

  /**
   * What the store is called in evidence and errors: up to 64 letters, digits, `-` and `_`, unique in its rotating key.
   *
   * @default - the id of the table's construct
   */
  readonly storeId?: string;
}
