import { createHash } from 'node:crypto';
import { GetItemCommand, PutItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { DataKeyCache, type CachedDataKey } from './data-key-cache';
import { openDocument, sealDocument } from './sealed-document';

/** The tenants of the orders, in turn. The last one caches its data keys instead of calling KMS for each document. */
const TENANTS = ['acme', 'globex', 'initech', 'umbrella'] as const;
const CACHING_TENANT = 'umbrella';

/** How long that tenant caches a data key: less than the `dataKeyMaxAge` that the example declares. */
export const DATA_KEY_CACHE_MILLISECONDS = 15 * 60_000;

/** What the application remembers of an order for the final comparison: hashes, no data. */
export interface WrittenOrder {
  readonly orderId: string;
  readonly tenantId: string;
  readonly dataKeyHash: string;
  readonly documentHash: string;
}

/** The result of checking one order. */
export type OrderOutcome = 'intact' | 'missing' | 'not under the new generation' | 'another data key' | 'document does not open';

/**
 * An ordinary application: it generates data keys under the alias, encrypts documents, and stores the encrypted data
 * key beside each.
 */
export class OrdersApplication {
  private readonly written: WrittenOrder[] = [];
  private readonly cache: DataKeyCache;
  private started = 0;

  public constructor(
    private readonly kms: KMSClient,
    private readonly dynamo: DynamoDBClient,
    private readonly place: { readonly alias: string; readonly tableName: string },
    now: () => Date,
  ) {
    this.cache = new DataKeyCache(now, DATA_KEY_CACHE_MILLISECONDS);
  }

  public get orders(): readonly WrittenOrder[] {
    return this.written;
  }

  public async writeOrder(): Promise<void> {
    const number = this.started++;
    const orderId = `order-${String(number).padStart(7, '0')}`;
    const tenantId = TENANTS[number % TENANTS.length] as string;
    const document = JSON.stringify({ orderId, tenantId, lines: [{ article: `article-${number % 97}`, quantity: 1 + (number % 5) }] });
    const dataKey = await this.dataKeyFor(tenantId);
    const item: { [name: string]: AttributeValue } = {
      tenantId: { S: tenantId },
      orderId: { S: orderId },
      dataKey: { B: dataKey.blob },
      kmsKeyId: { S: dataKey.keyArn },
      document: { B: sealDocument(document, dataKey.plaintext) },
    };
    await this.dynamo.send(new PutItemCommand({ TableName: this.place.tableName, Item: item }));
    this.written.push({ orderId, tenantId, dataKeyHash: sha256(dataKey.plaintext), documentHash: sha256(Buffer.from(document)) });
  }

  /**
   * Reads one order, decrypts it under the new key, and compares both hashes with those of the write.
   *
   * @param kms of the caller that decrypts. @default - the application itself
   */
  public async check(order: WrittenOrder, newKeyArn: string, kms: KMSClient = this.kms): Promise<OrderOutcome> {
    const { Item: item } = await this.dynamo.send(
      new GetItemCommand({
        TableName: this.place.tableName, Key: { tenantId: { S: order.tenantId }, orderId: { S: order.orderId } }, ConsistentRead: true,
      }),
    );
    if (item?.dataKey?.B === undefined || item.document?.B === undefined) return 'missing';
    let dataKey: Uint8Array;
    try {
      const answer = await kms.send(
        new DecryptCommand({ CiphertextBlob: item.dataKey.B, KeyId: newKeyArn, EncryptionContext: contextOf(order.tenantId) }),
      );
      dataKey = answer.Plaintext as Uint8Array;
    } catch (error) {
      if (error instanceof Error && error.name === 'IncorrectKeyException') return 'not under the new generation';
      throw error;
    }
    if (sha256(dataKey) !== order.dataKeyHash) return 'another data key';
    try {
      return sha256(Buffer.from(openDocument(item.document.B, dataKey))) === order.documentHash ? 'intact' : 'document does not open';
    } catch {
      return 'document does not open';
    }
  }

  private async dataKeyFor(tenantId: string): Promise<CachedDataKey> {
    return tenantId === CACHING_TENANT ? this.cache.get(tenantId, () => this.generate(tenantId)) : this.generate(tenantId);
  }

  private async generate(tenantId: string): Promise<CachedDataKey> {
    const answer = await this.kms.send(
      new GenerateDataKeyCommand({ KeyId: this.place.alias, KeySpec: 'AES_256', EncryptionContext: contextOf(tenantId) }),
    );
    return { plaintext: answer.Plaintext as Uint8Array, blob: answer.CiphertextBlob as Uint8Array, keyArn: answer.KeyId as string };
  }
}

function contextOf(tenantId: string): { [name: string]: string } {
  return { tenant: tenantId, purpose: 'orders' };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
