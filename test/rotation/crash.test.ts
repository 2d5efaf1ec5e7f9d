import { RotationWorld } from './rotation-world';
import { Crash, CrashedHere, crashPoints, type CrashPoint } from '../support/crashing-client';

const ORDERS = 6;

async function openWorld(): Promise<RotationWorld> {
  const world = await RotationWorld.open({ material: 'secret' });
  await world.writeOrders(ORDERS);
  return world;
}

/** A rotation in full, to know how many calls it makes to KMS, to the store and to the secret. */
async function countCalls(): Promise<number> {
  const world = await openWorld();
  try {
    const crash = new Crash();
    await world.rotate('undisturbed', { around: (client) => void crash.around(client) });
    return crash.calls;
  } finally {
    await world.close();
  }
}

/** What holds at whatever moment a rotation was stopped: nothing unreadable, the alias at a key that encrypts, no key scheduled for deletion. */
async function expectNothingLost(world: RotationWorld): Promise<void> {
  expect(await world.countReadableOrders()).toBe(ORDERS);
  expect(await world.encryptsThroughAlias()).toBe(true);
  expect(world.laptop.kms.audit.count({ operation: 'ScheduleKeyDeletion' })).toBe(0);
}

/** What holds in the end, whatever happened on the way. */
async function expectRotated(world: RotationWorld): Promise<void> {
  expect(await world.checkOrders()).toEqual(Array(ORDERS).fill('intact'));
  const { generations, current, unclaimed } = await world.readFamily();
  expect(generations.map(({ generation, keyState }) => [generation, keyState])).toEqual([[0, 'Disabled'], [1, 'Enabled']]);
  expect(current.generation).toBe(1);
  // A key whose number was never claimed may be left; it must not be in use.
  for (const { keyId } of unclaimed) {
    const uses = world.laptop.kms.audit.records.filter(({ keyArns, operation }) =>
      keyArns.some((arn) => arn.endsWith(keyId)) && ['Encrypt', 'GenerateDataKey', 'ReEncrypt'].includes(operation));
    expect(uses).toEqual([]);
  }
  expect(await world.encryptsThroughAlias()).toBe(true);
}

async function stopAndRunAgain(point: CrashPoint): Promise<void> {
  const world = await openWorld();
  try {
    const crash = new Crash(point);
    await expect(world.rotate('stopped', { around: (client) => void crash.around(client) })).rejects.toBeInstanceOf(CrashedHere);
    const oldIsDisabled = (await world.readFamily()).generations[0]?.keyState === 'Disabled';
    // Once the old generation is disabled, every order stands under the new one already.
    if (oldIsDisabled) expect(await world.checkOrders()).toEqual(Array(ORDERS).fill('intact'));
    await expectNothingLost(world);
    await world.rotate('again');
    await expectRotated(world);
  } catch (error) {
    throw new Error(`stopped ${point.moment} the effect of call ${point.call}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await world.close();
  }
}

test('a rotation may be stopped before and after every call, and run again', async () => {
  const points = crashPoints(await countCalls());
  for (const point of points) await stopAndRunAgain(point);
  console.log(`rotation: stopped and run again at ${points.length} points`);
  expect(points.length).toBeGreaterThan(100);
}, 600_000);
