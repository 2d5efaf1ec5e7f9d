import { DecryptCommand, DescribeKeyCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { AccountWorld } from './account-world';
import { ALIAS } from './family-stack';
import { synthesize } from '../../../local/cloudformation/synthesize';
import { ContextValue, DataKeyStore, RotatingKey } from '../../../src/index';

const ATTRIBUTES = ['dataKey', 'otherKey'];

/** Two stores over one table, which record their key ids in one attribute. */
const shop = () => synthesize((app) => {
  const stack = new Stack(app, 'Shop');
  const table = new dynamodb.Table(stack, 'Orders', {
    partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const stores = ATTRIBUTES.map((dataKeyAttribute) => DataKeyStore.dynamoTable(table, {
    storeId: dataKeyAttribute,
    dataKeyAttribute,
    keyIdAttribute: 'kmsKeyId',
    encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
    shards: 1,
  }));
  new RotatingKey(stack, 'Key', { alias: ALIAS, dataKeyMaxAge: Duration.hours(1), firstRotationWatchPeriod: Duration.minutes(10), stores });
  return stack;
});

let world: AccountWorld;
afterEach(async () => world.close());

test('two stores of one table share a keyIdAttribute: a rotation re-encrypts both data keys of each item', async () => {
  world = await AccountWorld.open({}, shop());
  const { kms, application } = world;
  await world.writeOrders(3);
  const contextOf = (tenantId: string) => ({ tenant: tenantId, purpose: 'orders' });
  for (const order of application.orders) {
    const request = { KeyId: ALIAS, KeySpec: 'AES_256', EncryptionContext: contextOf(order.tenantId) } as const;
    const { CiphertextBlob } = await kms.send(new GenerateDataKeyCommand(request));
    await world.putItem({ ...await world.readItem(order), otherKey: { B: CiphertextBlob! } });
  }
  await world.rotate();

  const { KeyMetadata: current } = await kms.send(new DescribeKeyCommand({ KeyId: ALIAS }));
  for (const order of application.orders) {
    const item = await world.readItem(order);
    const decrypted = await Promise.all(ATTRIBUTES.map(async (attribute) =>
      kms.send(new DecryptCommand({ CiphertextBlob: item[attribute]?.B, EncryptionContext: contextOf(order.tenantId) }))));
    expect(decrypted.map(({ KeyId }) => KeyId)).toEqual([current?.Arn, current?.Arn]);
  }
});
