import {
  DescribeTableCommand, GetItemCommand, ScanCommand, UpdateItemCommand, type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { callDynamo } from './errors';
import { Expression } from './expression';
import { decodeKey, encodeKey } from './key';
import {
  attributesOf, contextAttributesOf, sameDataKey, toDataKey, toKeyId, toRecord, type Item, type RecordShape, type SeenItem,
} from './record';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { DynamoTableDescription } from '../../../src/contract/stores/store-description';
import { isAwsError } from '../../adapters/sdk/sdk-errors';
import type { RecordPage, RecordStorePort, StoredRecord } from '../../ports/records';

/** Items in a page: few enough to stop often, many enough that no record waits for the next page. */
const DEFAULT_PAGE_SIZE = 1_000;

/** Items that are read to list attribute names for an error, and the number of names in the list. */
const SAMPLE_SIZE = 20;
const MAX_NAMES = 30;

/**
 * Opens a table as a store of records: reads its key schema, and refuses a description whose attributes cannot be
 * written safely.
 */
export async function openDynamoTable(
  client: DynamoDBClient, description: DynamoTableDescription, pageSize: number = DEFAULT_PAGE_SIZE,
): Promise<RecordStorePort> {
  const keyAttributes = await callDynamo(describePlace(description), async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: description.tableName }));
    return (Table?.KeySchema ?? []).flatMap(({ AttributeName }) => (AttributeName === undefined ? [] : [AttributeName]));
  });
  const shape: RecordShape = { ...description, keyAttributes };
  refuseUnwritable(describePlace(description), shape);
  return new DynamoTable(client, description, shape, pageSize);
}

/** An attribute that is written must have no other role: primary key and encryption context must not change with it. */
function refuseUnwritable(where: string, shape: RecordShape): void {
  const { keyAttributes, dataKeyAttribute, keyIdAttribute } = shape;
  const refuse = (what: string, given: string) => {
    const remedy = 'correct the attributes of this store';
    throw new Failure(ErrorName.STORE_MISMATCH, { where, what, given, allowed: 'a separate attribute', remedy });
  };
  const fixed = [...keyAttributes, ...contextAttributesOf(shape)];
  if (fixed.includes(dataKeyAttribute)) {
    refuse('dataKeyAttribute is part of the primary key or of the encryption context', dataKeyAttribute);
  }
  if (keyIdAttribute === undefined) return;
  if (fixed.includes(keyIdAttribute)) refuse('keyIdAttribute is part of the primary key or of the encryption context', keyIdAttribute);
  if (keyIdAttribute === dataKeyAttribute) refuse('keyIdAttribute and dataKeyAttribute are the same attribute', keyIdAttribute);
}

function describePlace({ tableName }: DynamoTableDescription): string {
  return `table ${tableName}`;
}

/** The items of a DynamoDB table, each with a data key in one attribute. */
class DynamoTable implements RecordStorePort {
  public readonly storeId: string;
  public readonly shards: number;
  public readonly place: string;
  public readonly dataKeyAttribute: string;
  private readonly tableName: string;

  public constructor(
    private readonly client: DynamoDBClient,
    description: DynamoTableDescription,
    private readonly shape: RecordShape,
    private readonly pageSize: number,
  ) {
    this.storeId = description.storeId;
    this.shards = description.shards;
    this.tableName = description.tableName;
    this.place = describePlace(description);
    this.dataKeyAttribute = description.dataKeyAttribute;
  }

  public async listPage(shard: number, cursor: string | undefined): Promise<RecordPage> {
    const expression = new Expression();
    const projection = this.projection(expression);
    const page = await callDynamo(this.place, () => this.client.send(new ScanCommand({
      TableName: this.tableName,
      Segment: shard,
      TotalSegments: this.shards,
      Limit: this.pageSize,
      ConsistentRead: true,
      ExclusiveStartKey: cursor === undefined ? undefined : decodeKey(cursor),
      ProjectionExpression: projection,
      ...expression.substitutions(),
    })));
    return {
      records: (page.Items ?? []).map((item) => toRecord(item, this.shape)),
      nextCursor: page.LastEvaluatedKey === undefined ? undefined : encodeKey(page.LastEvaluatedKey),
    };
  }

  public async read(locator: string): Promise<StoredRecord | undefined> {
    const item = await this.readItem(decodeKey(locator));
    return item === undefined ? undefined : toRecord(item, this.shape);
  }

  /**
   * The condition names the old blob and every attribute of the encryption context, so it also fails when the item does
   * not exist: a deleted item is not created again, and a concurrent write of the application is always kept.
   */
  public async replaceIfUnchanged(record: StoredRecord, blob: Uint8Array, keyArn: string): Promise<'replaced' | 'changed' | 'deleted'> {
    const { key, dataKey, contextAttributes } = record.seen as SeenItem;
    const { dataKeyAttribute, keyIdAttribute } = this.shape;
    const newDataKey = toDataKey(blob, dataKey);
    const assignments: Item = keyIdAttribute === undefined ? {} : { [keyIdAttribute]: toKeyId(keyArn, record.recordedKeyId) };
    const written = await this.update(
      key,
      { ...assignments, [dataKeyAttribute]: newDataKey },
      { ...contextAttributes, [dataKeyAttribute]: dataKey },
    );
    if (written) return 'replaced';
    const now = await this.readItem(key);
    if (now === undefined) return 'deleted';
    // KMS never returns the same blob twice, so this is our own write, whose response was lost.
    return sameDataKey(now[dataKeyAttribute], newDataKey) ? 'replaced' : 'changed';
  }

  public async sampleAttributeNames(): Promise<string[]> {
    const page = await callDynamo(this.place, () => this.client.send(new ScanCommand({ TableName: this.tableName, Limit: SAMPLE_SIZE })));
    return [...new Set((page.Items ?? []).flatMap((item) => Object.keys(item)))].sort().slice(0, MAX_NAMES);
  }

  /** Sets attributes if others are unchanged. Returns whether they are. */
  private async update(key: Item, set: Item, unchanged: Item): Promise<boolean> {
    const expression = new Expression();
    const equations = (item: Item) => Object.entries(item).map(([name, value]) => `${expression.name(name)} = ${expression.value(value)}`);
    return callDynamo(this.place, async () => {
      try {
        await this.client.send(new UpdateItemCommand({
          TableName: this.tableName,
          Key: key,
          UpdateExpression: `SET ${equations(set).join(', ')}`,
          ConditionExpression: equations(unchanged).join(' AND '),
          ...expression.substitutions(),
        }));
        return true;
      } catch (error) {
        if (isAwsError(error, 'ConditionalCheckFailedException')) return false;
        throw error;
      }
    });
  }

  private async readItem(key: Item): Promise<Item | undefined> {
    const expression = new Expression();
    const projection = this.projection(expression);
    const { Item: item } = await callDynamo(this.place, () => this.client.send(new GetItemCommand({
      TableName: this.tableName,
      Key: key,
      ConsistentRead: true,
      ProjectionExpression: projection,
      ...expression.substitutions(),
    })));
    return item;
  }

  private projection(expression: Expression): string {
    return attributesOf(this.shape).map((name) => expression.name(name)).join(', ');
  }
}
