import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { synthesize, type SynthesizedStack } from '../../../local/cloudformation/synthesize';
import { ContextValue, DataKeyStore, RotatingKey, type ReleasedStore } from '../../../src/index';
import { afterShortProof, ALIAS, breakGlassRole } from '../rotation/family-stack';

interface ShopOptions {
  readonly constructId?: string;
  readonly adoptFrom?: string;
  /** The attribute of the table of orders. Absent: that table is not declared as a store. */
  readonly ordersAttribute?: string;
  readonly released?: (ordersArn: string) => ReleasedStore[];
  /** Name of an evidence bucket that exists. */
  readonly evidenceBucket?: string;
  /** Name of an archive that exists, in a stack without tables of its own. */
  readonly archiveName?: string;
}

/** A family over an archive without items, and over the table of orders if an attribute is given. */
export function shopWithArchive(options: ShopOptions): SynthesizedStack {
  const { constructId = 'Key', adoptFrom, ordersAttribute, released = () => [], evidenceBucket, archiveName } = options;
  return synthesize((app) => {
    const stack = new Stack(app, 'Shop');
    const table = (id: string) => new dynamodb.Table(stack, id, {
      partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const named = (id: string, tableName: string) => dynamodb.Table.fromTableName(stack, id, tableName);
    const [orders, archive] = archiveName === undefined
      ? [table('Orders'), table('Archive')] : [named('Orders', 'none'), named('Archive', archiveName)];
    const store = (of: dynamodb.ITable, dataKeyAttribute: string) => DataKeyStore.dynamoTable(of, {
      dataKeyAttribute,
      encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
      shards: 2,
    });
    new RotatingKey(stack, constructId, {
      alias: ALIAS,
      adoptFrom,
      dataKeyMaxAge: Duration.hours(1),
      firstRotationWatchPeriod: Duration.minutes(10),
      stores: [...(ordersAttribute === undefined ? [] : [store(orders, ordersAttribute)]), store(archive, 'dataKey')],
      releasedStores: released(orders.tableArn),
      deletion: afterShortProof(),
      breakGlassRole: breakGlassRole(stack),
      ...(evidenceBucket !== undefined && { evidenceBucket: s3.Bucket.fromBucketName(stack, 'Evidence', evidenceBucket) }),
    });
    return stack;
  });
}
