import { AccountWorld, type Item } from './account-world';
import { ALIAS, familyStack } from './family-stack';
import { ALL_STAGES, errors, expectAllIntact, expectRotation, runUntil, STAGES } from './stages';
import type { WrittenOrder } from '../../../local/demo/orders-application';

/**
 * Ordinary applications that write what a rotation does not expect: each record is re-encrypted, refused or reported,
 * and none is lost.
 */
const STACK = familyStack();

let world: AccountWorld;
/** Copies of orders by the hostile application, which must stay intact as well. */
let copies: WrittenOrder[];

beforeEach(async () => {
  copies = [];
  world = await AccountWorld.open({}, STACK);
  await world.writeOrders(8);
});
afterEach(() => world.close());

function order(index: number): WrittenOrder {
  return world.application.orders[index] as WrittenOrder;
}

async function storeCopy(item: Item, original: WrittenOrder): Promise<void> {
  const orderId = `copy-${copies.length}`;
  copies.push({ ...original, orderId });
  await world.putItem({ ...item, orderId: { S: orderId } });
}

function foundByPasses(): [string, number, number][] {
  return world.passes().map(({ mode, counts }) => [mode, counts.reEncrypted, counts.underOldGeneration]);
}

async function expectRotated(): Promise<void> {
  await expectRotation(world);
  await expectAllIntact(world, copies);
}

async function expectDeletedLater(): Promise<void> {
  await runUntil(world, '2 Enabled current');
  await expectAllIntact(world, copies);
}

describe('an application that caches a data key and keeps storing its ciphertext', () => {
  test('after the alias has moved', async () => {
    const cached = await world.readItem(order(0));
    world.atState('BeginCensus', async () => { for (let copy = 0; copy < 5; copy++) await storeCopy(cached, order(0)); });
    await expectRotated();
    expect(foundByPasses()).toEqual([['re-encrypt', 8, 0], ['census', 0, 5], ['re-encrypt', 5, 0], ['census', 0, 0]]);
    await expectDeletedLater();
    expect(errors(world)).toEqual([]);
  });

  test('within dataKeyMaxAge, after the rotation: found before anything is certified', async () => {
    const cached = await world.readItem(order(0));
    await expectRotated();
    await storeCopy(cached, order(0));
    await expectDeletedLater();
    expect(errors(world)).toEqual(['StillInUse']);
  });

  test.each(ALL_STAGES)('for days, longer than declared, in stage %s: the retirement starts over, and completes later', async (stage) => {
    const cached = await world.readItem(order(0));
    await expectRotated();
    await runUntil(world, STAGES[stage]);
    await storeCopy(cached, order(0));
    await runUntil(world, '1 Enabled fenced');
    expect(errors(world)).toEqual(['StillInUse']);
    expect(await world.unreadableOrders()).toEqual([]);
    await expectDeletedLater();
    expect(errors(world)).toEqual(['StillInUse']);
    expect(world.certificates()).toHaveLength(2);
  });
});

describe('an application that reads an item, waits, and writes it back whole', () => {
  test('during the rotation', async () => {
    const kept = await Promise.all([0, 1, 2].map((index) => world.readItem(order(index))));
    world.atState('BeginCensus', () => Promise.all(kept.map((item) => world.putItem(item))));
    await expectRotated();
    expect(world.passes()).toHaveLength(4);
  });

  test.each(ALL_STAGES)('days later, in stage %s', async (stage) => {
    const kept = await Promise.all([0, 1, 2].map((index) => world.readItem(order(index))));
    await expectRotated();
    await runUntil(world, STAGES[stage]);
    for (const item of kept) await world.putItem(item);
    await expectDeletedLater();
    expect(errors(world)).toEqual(['StillInUse']);
  });
});

test('an application that stores the alias as key id', async () => {
  const storeAlias = async () => {
    for (const each of world.application.orders) await world.putItem({ ...await world.readItem(each), kmsKeyId: { S: ALIAS } });
  };
  await storeAlias();
  await expectRotated();
  expect(world.passes()[0]?.counts).toMatchObject({ reEncrypted: 8, unusableKeyIds: 8 });
  const { keyArn } = (await world.readFamily()).current;
  expect((await world.readItem(order(0))).kmsKeyId).toEqual({ S: keyArn });
  await world.live(2, storeAlias);
  await expectDeletedLater();
  expect(errors(world)).toEqual([]);
});

describe('an application that records the new key id beside an old ciphertext', () => {
  const writeWithNewKeyId = async (old: Item) => world.putItem({ ...old, kmsKeyId: { S: (await world.readFamily()).current.keyArn } });

  test('the census uses the key that KMS reports, not the recorded key id', async () => {
    const old = await world.readItem(order(0));
    world.atState('BeginCensus', () => writeWithNewKeyId(old));
    await expectRotated();
    // The recorded key id makes the second pass skip the record. The third pass ignores recorded key ids.
    expect(foundByPasses()).toEqual([
      ['re-encrypt', 8, 0], ['census', 0, 1], ['re-encrypt', 0, 0], ['census', 0, 1], ['re-encrypt-every-blob', 1, 0], ['census', 0, 0],
    ]);
  });

  test('also after the certificate', async () => {
    const old = await world.readItem(order(0));
    await expectRotated();
    await runUntil(world, STAGES.soak);
    await writeWithNewKeyId(old);
    await expectDeletedLater();
    expect(errors(world)).toEqual(['StillInUse']);
  });
});

test('an application that never stops writing old ciphertexts: the rotation fails with a named error, and nothing is lost', async () => {
  const old = await world.readItem(order(0));
  world.atEachState(async (state) => { if (state === 'BeginCensus' || state === 'BeginCount') await world.putItem(old); });
  const { result } = await world.rotate();
  expect(result).toMatchObject({
    error: 'CensusNotZero',
    cause: expect.stringMatching(/find the application that still writes data keys of old generations/),
  });
  await world.live(3);
  expect(new Set(errors(world))).toEqual(new Set(['CensusNotZero']));
  expect((await world.generations())[0]).toBe('1 Enabled fenced');
  expect(await world.unreadableOrders()).toEqual([]);
  world.atEachState(async () => undefined);
  await expectDeletedLater();
});
