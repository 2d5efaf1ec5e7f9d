import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ContextValue, DataKeyStore, RotatingKey, RotationSchedule } from '../../src/index';

/** Properties of `TakeOverStack`. */
export interface TakeOverStackProps extends StackProps {
  /** The owner from which the family is adopted. */
  readonly adoptFrom: string;
}

/** Another stack, with other roles and another table, that adopts the key of the orders. */
export class TakeOverStack extends Stack {
  public constructor(scope: Construct, id: string, props: TakeOverStackProps) {
    super(scope, id, props);
    const security = new iam.Role(this, 'Security', { assumedBy: new iam.AccountRootPrincipal() });
    const service = new iam.Role(this, 'Service', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const orders = new dynamodb.Table(this, 'Orders', {
      partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    orders.grantReadWriteData(service);
    new RotatingKey(this, 'Key', {
      alias: 'alias/orders',
      adoptFrom: props.adoptFrom,
      administrators: [security],
      users: [service],
      schedule: RotationSchedule.every(Duration.days(90)),
      dataKeyMaxAge: Duration.minutes(30),
      stores: [DataKeyStore.dynamoTable(orders, {
        dataKeyAttribute: 'dataKey',
        keyIdAttribute: 'kmsKeyId',
        encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
      })],
    });
  }
}
