import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { openAt } from './retirement-life';
import { synthesize, type SynthesizedStack } from '../../../local/cloudformation/synthesize';
import { ContextValue, DataKeyStore, Deletion, RotatingKey, type ReleasedStore } from '../../../src/index';
import { AccountWorld } from '../rotation/account-world';
import { ALIAS, breakGlassRole, familyStack } from '../rotation/family-stack';
import { errors } from '../rotation/stages';

let world: AccountWorld;
afterEach(async () => world.close());

/** A family over an archive without items, and over the table of orders if an attribute is given. */
function shop(dataKeyAttribute?: string, released: (ordersArn: string) => ReleasedStore[] = () => []): SynthesizedStack {
  return synthesize((app) => {
    const stack = new Stack(app, 'Shop');
    const table = (id: string) => new dynamodb.Table(stack, id, {
      partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const [orders, archive] = [table('Orders'), table('Archive')];
    const store = (of: dynamodb.Table, attribute: string) => DataKeyStore.dynamoTable(of, {
      dataKeyAttribute: attribute,
      encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
      shards: 2,
    });
    new RotatingKey(stack, 'Key', {
      alias: ALIAS,
      dataKeyMaxAge: Duration.hours(1),
      firstRotationWatchPeriod: Duration.minutes(10),
      stores: [...(dataKeyAttribute === undefined ? [] : [store(orders, dataKeyAttribute)]), store(archive, 'dataKey')],
      releasedStores: released(orders.tableArn),
      deletion: Deletion.afterProof({
        observationPeriod: Duration.days(1),
        soakPeriod: Duration.days(1),
        backupRetention: Duration.days(0),
        pendingWindow: Duration.days(7),
      }),
      breakGlassRole: breakGlassRole(stack),
    });
    return stack;
  });
}

const old = async () => (await world.generations())[0];

/** Retirement runs fail, and name the remedy. */
function expectRefusals(): void {
  expect(new Set(errors(world).slice(-3))).toEqual(new Set(['StoreMismatch']));
  expect(world.account.stepFunctions.executions.at(-1)?.result?.cause).toContain('releasedStores: [{ tableArn: ');
}

test('a store is removed because its attribute was misspelled: its records stay readable', async () => {
  world = await AccountWorld.open({}, shop('datakey'));
  await world.writeOrders(3);
  expect((await world.rotate()).result?.error).toBe('StoreMismatch');
  await world.account.deploy(shop());
  await world.rotate();
  await world.live(5);
  expect([await old(), await world.unreadableOrders()]).toEqual(['1 Enabled fenced', []]);
  expectRefusals();
});

test('a store that a rotation has re-encrypted is removed: no generation is retired until it is declared again', async () => {
  world = await AccountWorld.open({}, shop('dataKey'));
  await world.writeOrders(3);
  await world.rotate();
  await world.account.deploy(shop());
  await world.rotate();
  await world.live(4);
  expect([await old(), await world.unreadableOrders()]).toEqual(['1 Enabled fenced', []]);
  expectRefusals();
  await world.account.deploy(shop('dataKey'));
  await world.rotate();
  await world.live(4);
  expect([await old(), await world.unreadableOrders()]).toEqual(['1 PendingDeletion retiring', []]);
});

test('a store that was removed is released: retirement continues without it', async () => {
  world = await AccountWorld.open({}, shop('dataKey'));
  await world.rotate();
  await world.account.deploy(shop(undefined, (tableArn) => [{ tableArn, dataKeyAttribute: 'dataKey' }]));
  await world.live(5);
  expect(await old()).toBe('1 PendingDeletion retiring');
});

test.each(['soak', 'the pending window'] as const)('the attribute of a store changes in %s: its former records stay readable', async (stage) => {
  const life = await openAt(stage);
  ({ world } = life);
  const { dataKey, ...rest } = await world.readItem(world.application.orders[1]!);
  await world.putItem({ ...rest, orderId: { S: 'other' }, newKey: dataKey! });
  await world.account.deploy(familyStack({ dataKeyAttribute: 'newKey' }));
  await world.putItem(life.old);
  await world.live(12);
  expect([(await old())?.split(' ')[1], await world.unreadableOrders()]).toEqual(['Enabled', []]);
});

test('every reconcile run records the declared stores, so that a removal by another deployment is known', async () => {
  world = await AccountWorld.open();
  const recorded = () => world.evidence().filter(([key]) => key.startsWith('stores/')).map(([, content]) => content);
  expect(recorded()).toEqual([]);
  await world.live(2);
  expect(recorded()).toEqual([expect.objectContaining({ family: ALIAS, dataKeyAttribute: 'dataKey', storeId: expect.any(String) })]);
});

describe('a deletion that was counted again is cancelled if then', () => {
  async function untilRecounted(): Promise<void> {
    await world.rotate();
    const isRecounted = () => world.evidence().some(([key]) => key.includes('.recount-'));
    for (let day = 0; day < 20 && !isRecounted(); day++) await world.live(1);
    expect([isRecounted(), await old()]).toEqual([true, '1 PendingDeletion retiring']);
  }

  async function expectNotDeleted(): Promise<void> {
    await world.account.deploy(shop('dataKey'));
    await world.live(1);
    expect(await old()).not.toContain('PendingDeletion');
    // After that the generation is counted, certified and deleted with the store, as usual.
    await world.live(12);
    expect(await world.unreadableOrders()).toEqual([]);
  }

  test('a store is declared that was never declared before', async () => {
    world = await AccountWorld.open({}, shop());
    await world.writeOrders(3);
    await untilRecounted();
    await expectNotDeleted();
  });

  test('a released store is declared again', async () => {
    world = await AccountWorld.open({}, shop('dataKey'));
    await world.writeOrders(3);
    await world.account.deploy(shop(undefined, (tableArn) => [{ tableArn, dataKeyAttribute: 'dataKey' }]));
    await untilRecounted();
    await expectNotDeleted();
  });
});
