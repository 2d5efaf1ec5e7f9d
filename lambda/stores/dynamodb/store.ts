import {
  DescribeTableCommand, GetItemCommand, ScanCommand, UpdateItemCommand, type DynamoDBClient, type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { callDynamo } from './errors';
import { Expression } from './expression';
import { decodeKey, encodeKey } from './key';
import {
  alphabetOf, attributesOf, contextAttributesOf, namesKey, sameDataKey, toDataKey, toKeyId, toRecord,
  type Item, type RecordShape, type SeenItem,
} from './record';
import { ErrorName } from '../../../src/contract/error-names';
import type { OpenedStore } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import { REMOVED_STORE } from '../../../src/contract/stores/removed-store';
import type { DynamoTableDescription } from '../../../src/contract/stores/store-description';
import { isAwsError } from '../../adapters/sdk/sdk-errors';
import type { RecordPage, RecordStorePort, StoredRecord, WriteOutcome } from '../../ports/records';
import type { Alphabet } from '../formats/base64-text';

/**
 * Errors of a write that concern the item: it would exceed 400 KB, or the limit of its item collection, or an index
 * does not accept it. The message is not returned, because it can quote the item.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const ERRORS_OF_ONE_ITEM = ['ValidationException', 'ItemCollectionSizeLimitExceededException'];

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
  const where = describePlace(description);
  const { Table } = await callDynamo(where, () => client.send(new DescribeTableCommand({ TableName: description.tableName })));
  const opened = identify(where, description, Table);
  const keyAttributes = (Table?.KeySchema ?? []).flatMap(({ AttributeName }) => (AttributeName === undefined ? [] : [AttributeName]));
  const shape: RecordShape = { ...description, keyAttributes };
  refuseUnwritable(where, shape);
  return new DynamoTable(client, description, opened, shape, pageSize);
}

/**
 * The table that DynamoDB has opened. A table name is unique in one Region of one account only, so the declared table
 * may be another one: nothing is read or written before its ARN is that of the description.
 */
function identify(where: string, { tableArn }: DynamoTableDescription, table: TableDescription | undefined): OpenedStore {
  const { TableArn: arn, TableId: id } = table ?? {};
  if (arn === tableArn && id !== undefined) return { arn, id };
  throw new Failure(ErrorName.STORE_MISMATCH, {
    where,
    what: 'the table of this name in the Region and account of the worker is not the declared one; nothing was read or written',
    given: `${arn ?? 'no ARN'}${id === undefined ? ' without a table id' : ''}`,
    allowed: tableArn,
    remedy: `declare the table in a rotating key of its own Region and account; ${REMOVED_STORE}`,
  });
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
  public readonly skipsForeignRecords: boolean;
  private readonly tableName: string;
  private readonly alphabets = new Set<Alphabet>();

  public constructor(
    private readonly client: DynamoDBClient,
    description: DynamoTableDescription,
    public readonly opened: OpenedStore,
    private readonly shape: RecordShape,
    private readonly pageSize: number,
  ) {
    this.storeId = description.storeId;
    this.shards = description.shards;
    this.tableName = description.tableName;
    this.place = describePlace(description);
    this.dataKeyAttribute = description.dataKeyAttribute;
    this.skipsForeignRecords = description.foreignRecords === 'skip';
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
    for (const item of page.Items ?? []) {
      const alphabet = alphabetOf(item, this.shape);
      if (alphabet !== undefined) this.alphabets.add(alphabet);
    }
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
  public async replaceIfUnchanged(record: StoredRecord, blob: Uint8Array, keyArn: string): Promise<WriteOutcome> {
    const { key, dataKey, contextAttributes } = record.seen as SeenItem;
    const { dataKeyAttribute, keyIdAttribute } = this.shape;
    const newDataKey = toDataKey(blob, dataKey, this.usualAlphabet());
    const write = (assignments: Item) => this.update(
      key,
      { ...assignments, [dataKeyAttribute]: newDataKey },
      { ...contextAttributes, [dataKeyAttribute]: dataKey },
    );
    const keyId: Item = keyIdAttribute === undefined ? {} : { [keyIdAttribute]: toKeyId(keyArn, record.recordedKeyId) };
    let written = await write(keyId);
    // The item is near 400 KB, and the key id is longer than what it replaces, on which no reader depends.
    if (typeof written === 'object' && keyIdAttribute !== undefined && !namesKey(record.recordedKeyId)) written = await write({});
    if (written === 'written') return 'replaced';
    if (written !== 'changed') return written;
    const now = await this.readItem(key);
    if (now === undefined) return 'deleted';
    // KMS never returns the same blob twice, so this is our own write, whose response was lost.
    return sameDataKey(now[dataKeyAttribute], newDataKey) ? 'replaced' : 'changed';
  }

  public async sampleAttributeNames(): Promise<string[]> {
    const page = await callDynamo(this.place, () => this.client.send(new ScanCommand({ TableName: this.tableName, Limit: SAMPLE_SIZE })));
    return [...new Set((page.Items ?? []).flatMap((item) => Object.keys(item)))].sort().slice(0, MAX_NAMES);
  }

  /** The alphabet of a text that could have either: that of the other records. */
  private usualAlphabet(): Alphabet {
    return this.alphabets.has('base64url') && !this.alphabets.has('base64') ? 'base64url' : 'base64';
  }

  /** Sets attributes if others are unchanged. Errors of this one item are returned, all others are thrown. */
  private async update(key: Item, set: Item, unchanged: Item): Promise<'written' | 'changed' | { readonly refused: string }> {
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
        return 'written';
      } catch (error) {
        if (isAwsError(error, 'ConditionalCheckFailedException')) return 'changed';
        if (isAwsError(error, ...ERRORS_OF_ONE_ITEM)) return { refused: error.name };
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
