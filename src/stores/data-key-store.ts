import { type Duration } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import { type DynamoTableStoreOptions } from './dynamodb/dynamo-table-options';
import { describeDynamoTable, dynamoTableProblems, grantReEncryption, recoveryOf } from './dynamodb/dynamo-table-store';
import type { StoreDescription } from '../contract/stores/store-description';

/** What a store has to know about its use. */
export interface DataKeyStoreContext {
  /** What re-encrypts the data keys, and has to be allowed to read and write them. */
  readonly worker: iam.IGrantable;
}

/** How a store describes itself to the rotating key. */
export interface DataKeyStoreConfig {
  /** What the store is called in evidence and errors. */
  readonly storeId: string;
  /** Into how many parts it is cut. */
  readonly shards: number;
  /**
   * How far back it can be recovered by itself.
   *
   * @default - that cannot be told
   */
  readonly backupRetention?: Duration;
  /** The permissions that have to be in place before it is worked on. */
  readonly permissions: iam.Grant[];
  /**
   * As the worker reads it.
   *
   * @internal
   */
  readonly _description: StoreDescription;
}

/** Where data keys are kept that stand under a rotating key: all that a rotation has to re-encrypt. */
export abstract class DataKeyStore {
  /**
   * The items of a DynamoDB table, each with one data key in a top-level attribute.
   *
   * The worker may describe, scan and read the table and update its items, and nothing else. Reading a table twice in a
   * rotation, with strong consistency, is what it costs at DynamoDB, and one write for each record.
   *
   * @param table The table. A global table has to be written to from this Region only.
   * @param options How it holds data keys.
   */
  public static dynamoTable(table: dynamodb.ITable, options: DynamoTableStoreOptions): DataKeyStore {
    return new DynamoTableStore(table, options);
  }

  /**
   * Lets the worker read and write the store, and says what it looks like.
   *
   * @param scope The construct that owns the key.
   * @param context Who re-encrypts.
   */
  public abstract bind(scope: Construct, context: DataKeyStoreContext): DataKeyStoreConfig;
}

class DynamoTableStore extends DataKeyStore {
  public constructor(private readonly table: dynamodb.ITable, private readonly options: DynamoTableStoreOptions) {
    super();
  }

  public bind(scope: Construct, context: DataKeyStoreContext): DataKeyStoreConfig {
    const description = describeDynamoTable(this.table, this.options);
    scope.node.addValidation({ validate: () => dynamoTableProblems(description) });
    return {
      storeId: description.storeId,
      shards: description.shards,
      backupRetention: recoveryOf(this.table),
      permissions: grantReEncryption(this.table, context.worker),
      _description: description,
    };
  }
}
