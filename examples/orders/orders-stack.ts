import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ContextValue, DataKeyStore, Deletion, RotatingKey, RotationSchedule } from '../../src/index';

/** Encrypted orders, each with its own data key. The KMS key of the data keys is replaced every 90 days. */
export class OrdersStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const security = new iam.Role(this, 'Security', {
      assumedBy: new iam.AccountRootPrincipal(), description: 'Manages the key of the orders',
    });
    const service = new iam.Role(this, 'Service', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), description: 'Takes orders',
    });

    const orders = new dynamodb.Table(this, 'Orders', {
      partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    orders.grantReadWriteData(service);

    new RotatingKey(this, 'Key', {
      alias: 'alias/orders',
      description: 'Data keys of the orders',
      administrators: [security],
      users: [service],
      schedule: RotationSchedule.every(Duration.days(90)),
      // The service caches a data key for at most 15 minutes.
      dataKeyMaxAge: Duration.minutes(30),
      stores: [
        DataKeyStore.dynamoTable(orders, {
          dataKeyAttribute: 'dataKey',
          keyIdAttribute: 'kmsKeyId',
          encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
        }),
      ],
      deletion: Deletion.afterProof({
        observationPeriod: Duration.days(7),
        soakPeriod: Duration.days(14),
        backupRetention: Duration.days(35),
        pendingWindow: Duration.days(30),
      }),
    });
  }
}
