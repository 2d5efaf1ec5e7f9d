import { assigned, holds, projected, UnsupportedExpression, type Item, type Substitutions } from './expressions';
import { MemoryTable } from './memory-table';
import { sdkError, type SdkPackage } from '../sdk/sdk-error';

/** The members of requests that are implemented. */
interface Request extends Substitutions {
  readonly TableName: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
  readonly Key: Item;
  readonly Item: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ProjectionExpression?: string;
  readonly Segment?: number;
  readonly TotalSegments?: number;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly RequestItems: { readonly [tableName: string]: readonly { readonly PutRequest: { readonly Item: Item } }[] };
}

type Operation = (request: Request) => object;

class Refusal extends Error {
  public constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Items in a page if a scan has no limit: the real limit is 1 MB. */
const DEFAULT_LIMIT = 1_000;

/**
 * The operations of Amazon DynamoDB that the stores of a family and their applications use, on tables in memory.
 *
 * It passes the same contract tests as the DynamoDB engine. An expression that it does not implement is an error.
 */
export class MemoryDynamo {
  private readonly tables = new Map<string, MemoryTable>();

  private readonly operations: { readonly [operation: string]: Operation } = {
    CreateTable: ({ TableName, KeySchema }) => {
      if (this.tables.has(TableName)) throw new Refusal('ResourceInUseException', `Table already exists: ${TableName}`);
      this.tables.set(TableName, new MemoryTable(TableName, KeySchema.map(({ AttributeName }) => AttributeName)));
      return {};
    },
    DescribeTable: ({ TableName }) => {
      const { keyAttributes, id: TableId } = this.table(TableName);
      const TableArn = `arn:aws:dynamodb:${this.place.region}:${this.place.account}:table/${TableName}`;
      const KeySchema = keyAttributes.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }));
      return { Table: { TableName, TableArn, TableId, TableStatus: 'ACTIVE', KeySchema } };
    },
    PutItem: ({ TableName, Item: item, ConditionExpression: condition, ...substitutions }) => {
      const table = this.table(TableName);
      check(condition, table.get(item), substitutions);
      table.put(item);
      return {};
    },
    BatchWriteItem: ({ RequestItems }) => {
      for (const [name, requests] of Object.entries(RequestItems)) {
        for (const { PutRequest } of requests) this.table(name).put(PutRequest.Item);
      }
      return { UnprocessedItems: {} };
    },
    GetItem: ({ TableName, Key, ProjectionExpression, ...substitutions }) => {
      const item = this.table(TableName).get(Key);
      return item === undefined ? {} : { Item: projected(item, ProjectionExpression, substitutions) };
    },
    DeleteItem: ({ TableName, Key }) => {
      this.table(TableName).delete(Key);
      return {};
    },
    UpdateItem: ({ TableName, Key, UpdateExpression = '', ConditionExpression, ...substitutions }) => {
      const table = this.table(TableName);
      const item = table.get(Key);
      check(ConditionExpression, item, substitutions);
      table.put({ ...Key, ...item, ...assigned(UpdateExpression, substitutions) });
      return {};
    },
    Scan: ({ TableName, Segment = 0, TotalSegments = 1, Limit = DEFAULT_LIMIT, ExclusiveStartKey: after, ...projection }) => {
      const { ProjectionExpression, ...substitutions } = projection;
      const table = this.table(TableName);
      const { items, more } = table.page(Segment, TotalSegments, after, Limit);
      const last = items.at(-1);
      return {
        Items: items.map((item) => projected(item, ProjectionExpression, substitutions)),
        LastEvaluatedKey: more && last !== undefined ? table.keyOf(last) : undefined,
      };
    },
  };

  /** @param place where the tables are: a part of their ARNs */
  public constructor(private readonly place: { readonly region: string; readonly account: string }) {}

  public table(name: string): MemoryTable {
    const table = this.tables.get(name);
    if (table === undefined) throw new Refusal('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }

  /** Performs operations for one client. */
  public performer(sdk: SdkPackage): (operation: string, input: object) => Promise<object> {
    return async (operation, input) => {
      try {
        const perform = this.operations[operation];
        if (perform === undefined) throw new Refusal('UnknownOperationException', `${operation} is not implemented`);
        return { $metadata: { httpStatusCode: 200 }, ...perform(input as Request) };
      } catch (thrown) {
        if (thrown instanceof Refusal) throw sdkError(sdk, thrown.name, thrown.message, 400);
        if (thrown instanceof UnsupportedExpression) throw sdkError(sdk, 'ValidationException', `not implemented: ${thrown.message}`, 400);
        throw thrown;
      }
    };
  }
}

function check(condition: string | undefined, item: Item | undefined, substitutions: Substitutions): void {
  if (condition === undefined || holds(condition, item, substitutions)) return;
  throw new Refusal('ConditionalCheckFailedException', 'The conditional request failed');
}
