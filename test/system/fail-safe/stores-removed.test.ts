import { openAt } from './retirement-life';
import { shopWithArchive } from './shop-with-archive';
import { AccountWorld } from '../rotation/account-world';
import { familyStack } from '../rotation/family-stack';
import { errors } from '../rotation/stages';

let world: AccountWorld;
afterEach(async () => world.close());

const old = async () => (await world.generations())[0];

const recorded = () => world.evidence().filter(([key]) => key.startsWith('stores/')).map(([, content]) => content as object);

/** As if an earlier version of this library had deployed the family: it recorded no store. */
function forgetStores(): void {
  const objects = world.account.laptop.s3.bucket(world.evidenceBucket)?.objects as Map<string, unknown>;
  for (const key of [...objects.keys()].filter((each) => each.startsWith('stores/'))) objects.delete(key);
  expect(recorded()).toEqual([]);
}

/** Retirement runs fail, and name the remedy. */
function expectRefusals(): void {
  expect(new Set(errors(world).slice(-3))).toEqual(new Set(['StoreMismatch']));
  expect(world.account.stepFunctions.executions.at(-1)?.result?.cause).toContain('releasedStores: [{ tableArn: ');
}

test('a store is removed because its attribute was misspelled: its records stay readable', async () => {
  world = await AccountWorld.open({}, shopWithArchive({ ordersAttribute: 'datakey' }));
  await world.writeOrders(3);
  expect((await world.rotate()).result?.error).toBe('StoreMismatch');
  await world.account.deploy(shopWithArchive({}));
  await world.rotate();
  await world.live(5);
  expect([await old(), await world.unreadableOrders()]).toEqual(['1 Enabled fenced', []]);
  expectRefusals();
});

test('a store that a rotation has re-encrypted is removed: no generation is retired until it is declared again', async () => {
  world = await AccountWorld.open({}, shopWithArchive({ ordersAttribute: 'dataKey' }));
  await world.writeOrders(3);
  await world.rotate();
  await world.account.deploy(shopWithArchive({}));
  await world.rotate();
  await world.live(4);
  expect([await old(), await world.unreadableOrders()]).toEqual(['1 Enabled fenced', []]);
  expectRefusals();
  await world.account.deploy(shopWithArchive({ ordersAttribute: 'dataKey' }));
  await world.rotate();
  await world.live(4);
  expect([await old(), await world.unreadableOrders()]).toEqual(['1 PendingDeletion retiring', []]);
});

test('a store that was removed is released: retirement continues without it', async () => {
  world = await AccountWorld.open({}, shopWithArchive({ ordersAttribute: 'dataKey' }));
  await world.rotate();
  await world.account.deploy(shopWithArchive({ released: (tableArn) => [{ tableArn, dataKeyAttribute: 'dataKey' }] }));
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

test('every reconcile run records the declared stores, if the deployment did not', async () => {
  world = await AccountWorld.open();
  const [before] = recorded();
  forgetStores();
  await world.live(2);
  expect(recorded()).toEqual([{ ...before, recordedAt: expect.any(String) }]);
});

test('an update records the store that it removes, if no earlier deployment and no reconcile run did', async () => {
  world = await AccountWorld.open({}, shopWithArchive({ ordersAttribute: 'dataKey' }));
  forgetStores();
  await world.account.deploy(shopWithArchive({}));
  expect(recorded()).toHaveLength(2);
});

describe('a deletion that was counted again is cancelled if then', () => {
  async function untilRecounted(): Promise<void> {
    await world.rotate();
    const isRecounted = () => world.evidence().some(([key]) => key.includes('.recount-'));
    for (let day = 0; day < 20 && !isRecounted(); day++) await world.live(1);
    expect([isRecounted(), await old()]).toEqual([true, '1 PendingDeletion retiring']);
  }

  async function expectNotDeleted(): Promise<void> {
    await world.account.deploy(shopWithArchive({ ordersAttribute: 'dataKey' }));
    await world.live(1);
    expect(await old()).not.toContain('PendingDeletion');
    // After that the generation is counted, certified and deleted with the store, as usual.
    await world.live(12);
    expect(await world.unreadableOrders()).toEqual([]);
  }

  test('a store is declared that was never declared before', async () => {
    world = await AccountWorld.open({}, shopWithArchive({}));
    await world.writeOrders(3);
    await untilRecounted();
    await expectNotDeleted();
  });

  test('a released store is declared again', async () => {
    world = await AccountWorld.open({}, shopWithArchive({ ordersAttribute: 'dataKey' }));
    await world.writeOrders(3);
    await world.account.deploy(shopWithArchive({ released: (tableArn) => [{ tableArn, dataKeyAttribute: 'dataKey' }] }));
    await untilRecounted();
    await expectNotDeleted();
  });
});
