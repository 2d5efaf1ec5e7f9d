/** Source of a value of the encryption context. */
export type ContextValueDescription =
  | { readonly kind: 'literal'; readonly value: string }
  /** The attribute of the record with that name, a string or a number. */
  | { readonly kind: 'attribute'; readonly attribute: string };

/** An encryption context: the names of its pairs, and the source of each value. */
export type EncryptionContextDescription = { readonly [name: string]: ContextValueDescription };

/** A DynamoDB table whose items contain a data key in one attribute. */
export interface DynamoTableDescription {
  readonly kind: 'dynamodb-table';
  /** Names the store in evidence and errors; unique in its family. */
  readonly storeId: string;
  readonly tableName: string;
  /** The table that is meant. The worker refuses another one of the same name, in another Region or account. */
  readonly tableArn: string;
  /** The attribute with the CiphertextBlob of the data key: binary, or text in base64. */
  readonly dataKeyAttribute: string;
  /** The attribute with the recorded key id. No proof relies on it; each write updates it. */
  readonly keyIdAttribute?: string;
  /** The encryption context of each data key. Its names are the same for every record: `tenant`, `purpose`. */
  readonly encryptionContext: EncryptionContextDescription;
  /** The contexts that older records may have instead, in the order in which they are tried. Absent: none. */
  readonly formerEncryptionContexts?: readonly EncryptionContextDescription[];
  /** What happens to records under a key that is not a generation of the family. Absent: `quarantine`. */
  readonly foreignRecords?: 'quarantine' | 'skip';
  /** Segments of the parallel scan. */
  readonly shards: number;
}

/** Every kind of store. */
export type StoreDescription = DynamoTableDescription;
