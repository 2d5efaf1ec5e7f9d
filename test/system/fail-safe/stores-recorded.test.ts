import { shopWithArchive } from './shop-with-archive';
import { AccountWorld } from '../rotation/account-world';

const DATA_KEY = 'dataKey';

let world: AccountWorld;

/** A family on the day of its first deployment, before its first reconcile run. */
beforeEach(async () => {
  world = await AccountWorld.open({}, shopWithArchive({ ordersAttribute: DATA_KEY }));
  await world.writeOrders(3);
});
afterEach(async () => world.close());

const recorded = () => world.evidence().filter(([key]) => key.startsWith('stores/')).map(([, content]) => content);

/** A rotation, and the days in which generation 1 would be retired and deleted. */
async function expectNothingLost(): Promise<void> {
  await world.rotate();
  await world.live(20).catch(() => undefined);
  expect([(await world.generations())[0], await world.unreadableOrders()]).toEqual(['1 Enabled fenced', []]);
}

describe('a store that a later deployment does not declare is not forgotten if that deployment', () => {
  test('is an update of the same construct', async () => {
    await world.account.deploy(shopWithArchive({}));
    await expectNothingLost();
  });

  test('renames the construct, with adoptFrom and the same evidence bucket', async () => {
    const { owner } = await world.generation(1);
    await world.account.deploy(shopWithArchive({ constructId: 'Renamed', adoptFrom: owner, evidenceBucket: world.evidenceBucket }));
    await expectNothingLost();
  });

  test('creates the stack again after its deletion, with the same evidence bucket', async () => {
    const [evidenceBucket, tables] = [world.evidenceBucket, world.stack.resourcesOfType('AWS::DynamoDB::Table')];
    const archiveName = tables.map(({ resolved }) => resolved.ref).find((name) => name !== world.tableName);
    await world.stack.delete();
    await world.account.deploy(shopWithArchive({ evidenceBucket, archiveName }));
    await expectNothingLost();
  });
});

test('a deployment records its stores, and so does an update that adds one', async () => {
  expect(recorded()).toHaveLength(2);
  await world.account.deploy(shopWithArchive({ ordersAttribute: 'other' }));
  expect(recorded()).toContainEqual(expect.objectContaining({ dataKeyAttribute: 'other', storeId: expect.any(String) }));
  expect(recorded()).toHaveLength(3);
});

test('a store that is declared and released is refused, and the deployment is rolled back without a change', async () => {
  const mark = world.countCalls('PutKeyPolicy');
  const released = (tableArn: string) => [{ tableArn, dataKeyAttribute: DATA_KEY }];
  // The release by the ARN that the error of a retirement prints, the store by its construct: equal at deployment only.
  const literal = () => released(`arn:aws:dynamodb:eu-central-1:111122223333:table/${world.tableName}`);
  const deployment = world.account.deploy(shopWithArchive({ ordersAttribute: DATA_KEY, released: literal }));
  await expect(deployment).rejects.toThrow(/declared and released, got .*attribute dataKey/);
  expect(world.countCalls('PutKeyPolicy')).toBe(mark);
  await world.account.deploy(shopWithArchive({}));
  await expectNothingLost();
});
