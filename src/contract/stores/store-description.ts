/** Where a part of the encryption context comes from. */
export type ContextValueDescription =
  | { readonly kind: 'literal'; readonly value: string }
  /** The record's own attribute of that name, a string or a number. */
  | { readonly kind: 'attribute'; readonly attribute: string };

/** A DynamoDB table whose items hold a data key in one attribute. */
export interface DynamoTableDescription {
  readonly kind: 'dynamodb-table';
  /** Names the store in evidence and errors; unique in its family. */
  readonly storeId: string;
  readonly tableName: string;
  /** The attribute with the data key's CiphertextBlob: binary, or text in base64. */
  readonly dataKeyAttribute: string;
  /** The attribute that says under which KMS key the blob stands. A hint only, brought up to date with every write. */
  readonly keyIdAttribute?: string;
  /** The encryption context of each blob. Names are attribute-free: `tenant`, `purpose`. */
  readonly encryptionContext: { readonly [name: string]: ContextValueDescription };
  /** Parallel scan segments. */
  readonly shards: number;
}

/** Every kind of store there is. */
export type StoreDescription = DynamoTableDescription;
