import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import { type BoundStore } from './binding/bound-store';
import { type DynamoTableStoreOptions } from './dynamodb/dynamo-table-options';
import { DYNAMO_TABLE_ARGUMENTS } from './dynamodb/dynamo-table-shape';
import { bindDynamoTable } from './dynamodb/dynamo-table-store';
import { requireArguments } from '../validation/shape';

/**
 * Place that holds data keys of a rotating key. A rotation re-encrypts all of them.
 *
 * Use one of the factory methods: you cannot write a store of your own.
 */
export class DataKeyStore {
  /**
   * The items of a DynamoDB table, each with one data key in a top-level attribute.
   *
   * The worker may describe, scan and read the table and update its items, and nothing else. A rotation reads the table
   * twice, with strong consistency, and writes each record once: DynamoDB charges for both.
   *
   * @param table The table, in the account and Region of the rotating key. Applications must write a global table only
   * in this Region.
   * @param options How the table holds data keys.
   */
  public static dynamoTable(table: dynamodb.ITable, options: DynamoTableStoreOptions): DataKeyStore {
    requireArguments('DataKeyStore.dynamoTable', { table, options }, DYNAMO_TABLE_ARGUMENTS);
    return new DataKeyStore((scope, worker) => bindDynamoTable(scope, table, options, worker));
  }

  /**
   * Allows the worker to read and write the store, and describes the store.
   *
   * @internal
   */
  public readonly _bind: (scope: Construct, worker: iam.IGrantable) => BoundStore;

  private constructor(bind: (scope: Construct, worker: iam.IGrantable) => BoundStore) {
    this._bind = bind;
  }
}
