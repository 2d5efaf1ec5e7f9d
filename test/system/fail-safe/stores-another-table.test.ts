import { DeleteTableCommand, DescribeTableCommand, CreateTableCommand, PutItemCommand, type TableDescription } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { synthesize, type SynthesizedStack } from '../../../local/cloudformation/synthesize';
import { DataKeyStore, RotatingKey } from '../../../src/index';
import { AccountWorld } from '../rotation/account-world';
import { ALIAS, familyStack } from '../rotation/family-stack';

let world: AccountWorld;

afterEach(async () => world.close());

/** A rotating key whose store is a table elsewhere. */
function stackOver(tableArn: string): SynthesizedStack {
  return synthesize((app) => {
    const stack = new Stack(app, 'Shop');
    new RotatingKey(stack, 'Key', {
      alias: ALIAS,
      stores: [DataKeyStore.dynamoTable(dynamodb.Table.fromTableArn(stack, 'Declared', tableArn), { dataKeyAttribute: 'dataKey' })],
    });
    return stack;
  });
}

test.each([
  ['of another Region', 'arn:aws:dynamodb:eu-north-1:111122223333:table/orders'],
  ['of another account', 'arn:aws:dynamodb:eu-central-1:444455556666:table/orders'],
])('a store is a table %s, and a table here has its name: the alias does not move, and that table is not read', async (_name, tableArn) => {
  world = await AccountWorld.open({}, stackOver(tableArn), undefined, 'over HTTP');
  await createTable({
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  });
  const { CiphertextBlob } = await world.kms.send(new GenerateDataKeyCommand({ KeyId: ALIAS, KeySpec: 'AES_256' }));
  await world.dynamo.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' }, dataKey: { B: CiphertextBlob! } } }));
  const { status, result } = await world.rotate();
  // The worker may open the declared table only. With a wider policy it would compare the ARNs: StoreMismatch.
  expect([status, result?.error]).toEqual(['FAILED', 'AccessDenied']);
  expect(result?.cause).toContain('dynamodb:DescribeTable on resource: arn:aws:dynamodb:eu-central-1:111122223333:table/orders');
  expect((await world.readFamily()).current.generation).toBe(1);
  expect(world.passes()).toEqual([]);
});

test.each([
  ['before the rotation', true],
  ['after the rotation', false],
])('a table is deleted in retirement, and restored from a backup made %s: all is counted and certified again', async (_name, before) => {
  world = await AccountWorld.open({}, familyStack(), undefined, 'over HTTP');
  await world.writeOrders(2);
  const old = await Promise.all(world.application.orders.map((order) => world.readItem(order)));
  await world.rotate();
  const recent = await Promise.all(world.application.orders.map((order) => world.readItem(order)));
  await world.live(2);
  const { Table } = await world.dynamo.send(new DescribeTableCommand({ TableName: world.tableName }));
  const ofTable = (table?: TableDescription) => ({ tableArn: table?.TableArn, tableId: table?.TableId });
  expect(world.certificates()[0]?.stores[0]).toMatchObject(ofTable(Table));

  await world.dynamo.send(new DeleteTableCommand({ TableName: world.tableName }));
  while (await statusOf(world.tableName) !== undefined) { /* until the engine has deleted it */ }
  const restored = await createTable(Table!);
  for (const Item of before ? old : recent) await world.dynamo.send(new PutItemCommand({ TableName: world.tableName, Item }));
  await world.live(20);
  expect(world.lines.join('')).toContain('retirement-started-over');
  expect(world.certificates().at(-1)?.stores[0]).toMatchObject(ofTable(restored));
  expect(restored.TableId).not.toBe(Table?.TableId);
  expect(await world.unreadableOrders()).toEqual([]);
});

async function createTable({ TableName, KeySchema, AttributeDefinitions }: TableDescription): Promise<TableDescription> {
  await world.dynamo.send(new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' }));
  while (await statusOf(TableName) !== 'ACTIVE') { /* until the engine has created it */ }
  return (await world.dynamo.send(new DescribeTableCommand({ TableName }))).Table!;
}

async function statusOf(TableName: string | undefined): Promise<string | undefined> {
  return world.dynamo.send(new DescribeTableCommand({ TableName })).then(({ Table }) => Table?.TableStatus, () => undefined);
}
