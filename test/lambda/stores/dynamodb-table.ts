import {
  BatchWriteItemCommand, CreateTableCommand, DeleteItemCommand, DescribeTableCommand, GetItemCommand, ScanCommand, type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { workerDynamoClient } from '../../../lambda/adapters/sdk/worker-clients';
import { EVERYTHING_IS_ALLOWED } from '../../../local/iam/authorization';
import { MemoryDynamo } from '../../../local/in-process/dynamodb/memory-dynamo';
import type { Attempt } from '../../../local/in-process/in-process-client';
import { InProcessClients } from '../../../local/in-process/in-process-clients';
import type { WireService } from '../../../local/kms/protocol/wire-service';
import type { LocalS3 } from '../../../local/s3/local-s3';
import type { DynamoTableDescription } from '../../../src/contract/stores/store-description';

export type Item = { [attribute: string]: AttributeValue };

/** Stands for tables in memory of this process, instead of an engine that is called over HTTP. */
export const MEMORY = 'memory:';

const PLACE = { region: 'eu-west-1', account: '111122223333' };
const memory = new MemoryDynamo(PLACE);
const NONE: WireService = { reply: async () => { throw new Error('only tables are called'); } };

/**
 * A client for the engine of a test. The answer of an UpdateItem call is lost, after its effect, whenever `losesAnswer`
 * returns true: below the retries of the SDK, so that they repeat the call.
 */
export function aClientFor(endpoint: string, losesAnswer: () => boolean = () => false): DynamoDBClient {
  if (endpoint === MEMORY) return aClientOfMemory(losesAnswer);
  const client = workerDynamoClient(40, { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  client.middlewareStack.add((next, context) => async (args) => {
    const answer = await next(args);
    if (context.commandName !== 'UpdateItemCommand' || !losesAnswer()) return answer;
    throw Object.assign(new Error('the answer is lost'), { name: 'TimeoutError' });
  }, { step: 'finalizeRequest', priority: 'low' });
  return client;
}

function aClientOfMemory(losesAnswer: () => boolean): DynamoDBClient {
  const faults = ({ operation }: Attempt) => (operation === 'UpdateItem' && losesAnswer() ? 'answerLost' : undefined);
  const others = { kms: NONE, secrets: NONE, s3: {} as LocalS3, now: () => new Date(), authorize: EVERYTHING_IS_ALLOWED };
  const services = { ...others, dynamo: memory, place: PLACE, faults };
  return new InProcessClients(services).dynamo('test');
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
      tableArn: `arn:aws:dynamodb:eu-west-1:111122223333:table/${change.tableName ?? this.tableName}`,
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
