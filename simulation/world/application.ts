import { DeleteItemCommand, GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { contextOf, type Records } from './records';
import { ALIAS } from './stacks';
import type { Item } from '../../local/in-process/dynamodb/expressions';

interface CachedDataKey {
  readonly blob: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly keyArn: string;
  readonly at: number;
}

const TENANTS = ['acme', 'globex', 'initech'];

/**
 * An ordinary application. It keeps its promise: it stores no data key, and writes no item back, that is older than
 * the declared age.
 */
export class Application {
  /** A consumer passes the alias to Decrypt as its key id. */
  public decryptsByAlias = false;
  public dataKeysWritten = 0;
  private readonly cache = new Map<string, CachedDataKey>();

  public constructor(
    private readonly kms: KMSClient,
    private readonly dynamo: DynamoDBClient,
    private readonly tableNames: readonly string[],
    private readonly records: Records,
    private readonly now: () => number,
    private readonly maxAgeMilliseconds: number,
  ) {}

  public async write(store: number, number: number, cached: boolean, keyId: 'arn' | 'alias' | 'none'): Promise<void> {
    const key = keyOf(number);
    const dataKey = await this.dataKeyFor(key, cached);
    this.records.received(key.orderId.S, dataKey.plaintext);
    const recorded = { arn: dataKey.keyArn, alias: ALIAS, none: undefined }[keyId];
    await this.put(store, { ...key, dataKey: { B: dataKey.blob }, ...(recorded !== undefined && { kmsKeyId: { S: recorded } }) });
    this.dataKeysWritten += 1;
  }

  public async read(store: number, number: number): Promise<Item | undefined> {
    return (await this.dynamo.send(new GetItemCommand({ TableName: this.tableNames[store], Key: keyOf(number) }))).Item;
  }

  public async put(store: number, item: Item): Promise<void> {
    this.records.writes(item);
    await this.dynamo.send(new PutItemCommand({ TableName: this.tableNames[store], Item: item }));
  }

  public async delete(store: number, number: number): Promise<void> {
    await this.dynamo.send(new DeleteItemCommand({ TableName: this.tableNames[store], Key: keyOf(number) }));
  }

  /** Decrypts the data key of an item. Returns the name of the error, if KMS refuses. */
  public async decrypt(item: Item, keyId?: string): Promise<string | undefined> {
    const request = { CiphertextBlob: item.dataKey?.B, EncryptionContext: contextOf(item), KeyId: keyId };
    return this.kms.send(new DecryptCommand(request)).then(() => undefined, (error: Error) => error.name);
  }

  private async dataKeyFor(key: Item, mayBeCached: boolean): Promise<CachedDataKey> {
    const tenant = key.tenantId?.S ?? '';
    const cached = this.cache.get(tenant);
    if (mayBeCached && cached !== undefined && this.now() - cached.at <= this.maxAgeMilliseconds) return cached;
    const at = this.now();
    const { CiphertextBlob, Plaintext, KeyId } = await this.kms.send(
      new GenerateDataKeyCommand({ KeyId: ALIAS, KeySpec: 'AES_256', EncryptionContext: contextOf(key) }));
    const generated = { blob: CiphertextBlob as Uint8Array, plaintext: Plaintext as Uint8Array, keyArn: KeyId as string, at };
    // The oldest data key that may still be stored is the most dangerous one: it is replaced only when it is too old.
    if (cached === undefined || at - cached.at > this.maxAgeMilliseconds) this.cache.set(tenant, generated);
    return generated;
  }
}

/** The name of the record with this number. */
export function orderId(number: number): string {
  return `order-${number}`;
}

function keyOf(number: number) {
  return { tenantId: { S: TENANTS[number % TENANTS.length] as string }, orderId: { S: orderId(number) } };
}
