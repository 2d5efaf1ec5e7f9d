import {
  BatchWriteItemCommand, CreateTableCommand, DeleteItemCommand, DescribeTableCommand, GetItemCommand, ScanCommand, type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { workerDynamoClient } from '../../../lambda/adapters/sdk/worker-clients';
import type { DynamoTableDescription } from '../../../src/contract/stores/store-description';

export type Item = { [attribute: string]: AttributeValue };

/** A client for the engine of a test. */
export function aClientFor(endpoint: string): DynamoDBClient {
  return workerDynamoClient(40, { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
}

let tables = 0;

/** A separate table for one test, with the string `id` as its key by default. */
export async function aTable(
  client: DynamoDBClient,
  key: readonly [name: string, type: 'S' | 'N' | 'B'][] = [['id', 'S']],
): Promise<Table> {
  const tableName = `orders-${++tables}`;
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: key.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
      KeySchema: key.map(([AttributeName], index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    }),
  );
  await untilActive(client, tableName);
  return new Table(client, tableName);
}

/** The engine answers CreateTable before the table is active. Repeated DescribeTable calls are a long enough wait. */
async function untilActive(client: DynamoDBClient, TableName: string): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName }));
    if (table?.TableStatus === 'ACTIVE') return;
  }
  throw new Error(`the table ${TableName} does not become active`);
}

export class Table {
  public constructor(public readonly client: DynamoDBClient, public readonly tableName: string) {}

  /** A store over this table whose records have their data key in `dataKey`. */
  public described(change: Partial<DynamoTableDescription> = {}): DynamoTableDescription {
    return {
      kind: 'dynamodb-table',
      storeId: 'orders',
      tableName: this.tableName,
      dataKeyAttribute: 'dataKey',
      encryptionContext: {},
      shards: 1,
      ...change,
    };
  }

  public async put(...items: Item[]): Promise<void> {
    const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_, batch) => items.slice(25 * batch, 25 * batch + 25));
    await Promise.all(batches.map((batch) => this.client.send(new BatchWriteItemCommand({
      RequestItems: { [this.tableName]: batch.map((Item) => ({ PutRequest: { Item } })) },
    }))));
  }

  public async get(Key: Item): Promise<Item | undefined> {
    return (await this.client.send(new GetItemCommand({ TableName: this.tableName, Key, ConsistentRead: true }))).Item;
  }

  public async delete(Key: Item): Promise<void> {
    await this.client.send(new DeleteItemCommand({ TableName: this.tableName, Key }));
  }

  public async items(): Promise<Item[]> {
    const items: Item[] = [];
    let from: Item | undefined;
    do {
      const page = await this.client.send(new ScanCommand({ TableName: this.tableName, ExclusiveStartKey: from, ConsistentRead: true }));
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  }
}
