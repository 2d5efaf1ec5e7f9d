import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ImportedKey, KeyMaterialSource } from '../../src/index';

/** The secret that holds 32 bytes of key material before this is deployed. It outlives the stack. */
export const KEY_MATERIAL_SECRET = 'orders/key-material';

/** Orders are kept as encrypted documents, each beside its own data key; the data keys stand under a KMS key with bytes of our own. */
export class OrdersStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const material = secretsmanager.Secret.fromSecretNameV2(this, 'KeyMaterial', KEY_MATERIAL_SECRET);

    const security = new iam.Role(this, 'Security', { assumedBy: new iam.AccountRootPrincipal(), description: 'Manages the key of the orders' });
    const service = new iam.Role(this, 'Service', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), description: 'Takes orders' });

    const orders = new dynamodb.Table(this, 'Orders', {
      partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    orders.grantReadWriteData(service);

    new ImportedKey(this, 'Key', {
      alias: 'alias/orders',
      description: 'Data keys of the orders',
      material: KeyMaterialSource.secret(material),
      administrators: [security],
      users: [service],
    });
  }
}
