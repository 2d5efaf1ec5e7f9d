import { GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { ALIAS, atStep, RotationWorld, type Item } from './rotation-world';

let world: RotationWorld;
beforeEach(async () => {
  world = await RotationWorld.open();
  await world.writeOrders(8);
});
afterEach(() => world.close());

/** Every order is intact under the new generation, and nothing is left under the old one. */
async function expectNothingLeftBehind(): Promise<void> {
  expect(await world.checkOrders()).toEqual(Array(world.application.orders.length).fill('intact'));
  expect((await world.readFamily()).generations.map(({ keyState }) => keyState)).toEqual(['Disabled', 'Enabled']);
}

test('one that caches a data key and goes on storing its blob after the alias has moved', async () => {
  const [order] = world.application.orders;
  const cached = await world.readItem(order!);
  const copies: Item[] = [];
  const storeCachedBlob = async () => {
    for (let copy = 0; copy < 5; copy++) {
      const item: Item = { ...cached, orderId: { S: `from-cache-${copy}` } };
      copies.push(item);
      await world.putItem(item);
    }
  };
  const outcome = await world.rotate('run-1', { watcher: atStep('wait for writers', storeCachedBlob) });

  expect(outcome.passes.map(({ mode, counts }) => [mode, counts.total.reEncrypted, counts.total.underOldGeneration])).toEqual([
    ['re-encrypt', 8, 0], ['census', 0, 5], ['re-encrypt', 5, 0], ['census', 0, 0],
  ]);
  await expectNothingLeftBehind();
  const { keyArn } = (await world.readFamily()).current;
  for (const { orderId } of copies) expect(await world.application.check({ ...order!, orderId: orderId!.S! }, keyArn)).toBe('intact');
});

test('one that reads an item, waits, and puts it back whole', async () => {
  const kept = await Promise.all(world.application.orders.slice(0, 3).map((order) => world.readItem(order)));
  const outcome = await world.rotate('run-1', { watcher: atStep('wait for writers', () => Promise.all(kept.map((item) => world.putItem(item)))) });
  expect(outcome.passes).toHaveLength(4);
  await expectNothingLeftBehind();
});

test('one that stores the alias as key id', async () => {
  for (const order of world.application.orders) await world.putItem({ ...await world.readItem(order), kmsKeyId: { S: ALIAS } });
  const outcome = await world.rotate('run-1');
  expect(outcome.passes[0]?.counts.total).toMatchObject({ reEncrypted: 8, unusableKeyIds: 8 });
  await expectNothingLeftBehind();
  const { keyArn } = (await world.readFamily()).current;
  expect((await world.readItem(world.application.orders[0]!)).kmsKeyId).toEqual({ S: keyArn });
});

test('one that notes the new key id beside an old blob: the census believes KMS, not the note', async () => {
  const [order] = world.application.orders;
  const old = await world.readItem(order!);
  const lie = async () => world.putItem({ ...old, kmsKeyId: { S: (await world.readFamily()).current.keyArn } });
  const outcome = await world.rotate('run-1', { watcher: atStep('wait for writers', lie) });
  // The note lets the second pass skip the record; the third believes no note.
  expect(outcome.passes.map(({ mode, counts }) => [mode, counts.total.reEncrypted, counts.total.underOldGeneration])).toEqual([
    ['re-encrypt', 8, 0], ['census', 0, 1], ['re-encrypt', 0, 0], ['census', 0, 1], ['re-encrypt-every-blob', 1, 0], ['census', 0, 0],
  ]);
  await expectNothingLeftBehind();
});

test('one that never stops bringing old blobs back: the rotation gives up with a name, and nothing is lost', async () => {
  const old = await world.readItem(world.application.orders[0]!);
  const bringBack = { stepStarted: async (step: string) => { if (step === 'census') await world.putItem(old); } };
  await expect(world.rotate('run-1', { watcher: bringBack })).rejects.toMatchObject({
    name: 'CensusNotZero', message: expect.stringMatching(/find the writer that stores data keys longer than dataKeyReuse/),
  });
  expect((await world.readFamily()).generations[0]?.keyState).toBe('Enabled');
  await world.rotate('run-2');
  await expectNothingLeftBehind();
});

test('one that goes on asking for data keys of the old key by its id is refused from the fence on', async () => {
  const [old] = (await world.readFamily()).generations;
  const ask = () => world.kms.send(new GenerateDataKeyCommand({ KeyId: old!.keyId, KeySpec: 'AES_256' }));
  const refusals: unknown[] = [];
  await world.rotate('run-1', { watcher: atStep('re-encrypt', () => ask().catch((error: unknown) => refusals.push(error))) });
  expect(refusals).toEqual([expect.objectContaining({ name: 'AccessDeniedException', message: expect.stringMatching(/explicit deny in a resource-based policy/) })]);
  await expectNothingLeftBehind();
});
