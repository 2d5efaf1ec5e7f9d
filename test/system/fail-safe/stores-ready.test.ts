import { DataKeyStore } from '../../../src/index';
import { AccountWorld } from '../rotation/account-world';
import { familyStack } from '../rotation/family-stack';

let world: AccountWorld;

afterEach(async () => world.close());

/** Lives until the first daily pre-flight, long before a rotation is due. */
async function firstDay(options: Parameters<typeof familyStack>[0] = {}): Promise<{ ready: number[]; reasons: string }> {
  world = await AccountWorld.open(options);
  await world.writeOrders(3);
  await world.live(1);
  const ready = world.lines.flatMap((line) => (JSON.parse(line) as { StoresReady?: number }).StoresReady ?? []);
  return { ready, reasons: world.lines.filter((line) => line.includes('stores-not-ready')).join('') };
}

test('a family that is ready for its rotation is reported as ready on the first day', async () => {
  expect(await firstDay()).toEqual({ ready: [1], reasons: '' });
});

test('a data key attribute that no item has is reported on the first day, and nothing is changed', async () => {
  const { ready, reasons } = await firstDay({ dataKeyAttribute: 'dataKye' });
  expect(ready).toEqual([0]);
  expect(reasons).toContain('no item has the attribute that is declared to hold the data key');
  expect(world.passes()).toEqual([]);
});

test('a forgotten encryption context is reported on the first day', async () => {
  const without = DataKeyStore.dynamoTable.bind(DataKeyStore);
  jest.spyOn(DataKeyStore, 'dynamoTable').mockImplementationOnce((table, options) => without(table, { ...options, encryptionContext: {} }));
  const { ready, reasons } = await firstDay();
  expect(ready).toEqual([0]);
  expect(reasons).toContain('context-or-blob-wrong');
});
