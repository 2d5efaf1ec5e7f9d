import { EncryptCommand } from '@aws-sdk/client-kms';
import { Duration } from 'aws-cdk-lib';
import { familyStack, type FamilyStackOptions } from './family-stack';
import { DAY, FamilyWorld } from './family-world';
import { FamilyMetric } from '../../../src/contract/family/family-metrics';
import { RotationSchedule } from '../../../src/index';

const PERIOD = 90;
/** What cannot be taken back, and what leads there. */
const IRREVERSIBLE = ['CreateKey', 'UpdateAlias', 'DisableKey', 'ScheduleKeyDeletion'];

let world: FamilyWorld;

async function openWithOrders(options: FamilyStackOptions = {}): Promise<void> {
  world = await FamilyWorld.open(options);
  await world.writeOrders(4);
}

/** Whatever happened: every data key can be read, and applications go on. */
afterEach(async () => {
  try {
    expect(await world.unreadableOrders()).toEqual([]);
    expect(await world.encryptsThroughAlias()).toBe(true);
  } finally {
    await world.close();
  }
});

const deploy = (options: FamilyStackOptions) => world.account.deploy(familyStack(options));
const pause = () => deploy({ props: { paused: true } });
const goOn = () => deploy({ props: { paused: false } });

/** Days in which nobody looks: no tick comes. */
function skip(days: number): void {
  world.account.laptop.kms.clock.advance(days * DAY);
}

function irreversibleCalls(): { [operation: string]: number } {
  return Object.fromEntries(IRREVERSIBLE.map((operation) => [operation, world.countCalls(operation)]));
}

function executions(prefix: string): string[] {
  return world.account.stepFunctions.executions.map(({ name }) => name).filter((name) => name.startsWith(prefix));
}

type LogLine = { readonly [member: string]: unknown };

function logged(): LogLine[] {
  return world.lines.map((line) => JSON.parse(line) as LogLine);
}

/** Every value that a metric has had, in its order. */
function measured(metric: FamilyMetric): unknown[] {
  return logged().flatMap((line) => metric in line ? [line[metric]] : []);
}

test('neither the first deployment nor another schedule starts a rotation, though one is due: the next tick does', async () => {
  await openWithOrders();
  skip(PERIOD + 10);
  await deploy({ props: { schedule: RotationSchedule.every(Duration.days(30)) } });
  expect(world.account.stepFunctions.executions).toEqual([]);
  await world.live(1);
  expect(executions('rotate-')).toHaveLength(1);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
});

test('a key that is rotated on request only waits for it, and its old generations are retired all the same', async () => {
  await openWithOrders({ props: { schedule: RotationSchedule.onRequest() } });
  await world.live(2 * PERIOD);
  expect(await world.generations()).toEqual(['1 Enabled current']);
  await world.rotate();
  await world.live(8);
  expect(await world.generations()).toEqual(['1 PendingDeletion retiring', '2 Enabled current']);
});

test('what ten ticks have missed the next one catches up: the rotation, and later the retirement', async () => {
  await openWithOrders();
  await world.live(PERIOD - 5);
  skip(10);
  expect(executions('')).toEqual([]);
  await world.live(1);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);

  skip(10);
  await world.live(1);
  expect(world.certificates()).toHaveLength(1);
  skip(10);
  await world.live(1);
  expect((await world.generation(1)).keyState).toBe('Disabled');
  skip(10);
  await world.live(5);
  expect((await world.generation(1)).keyState).toBe('PendingDeletion');
});

test('a deletion that nobody could look at comes to its end only if nobody ever looks again before it', async () => {
  await openWithOrders();
  await world.rotate();
  await world.account.liveUntil('its deletion is pending', async () => (await world.generation(1)).keyState === 'PendingDeletion', 20);
  // In the second half of its window it would have been counted once more; now the days are running out.
  skip(5);
  await world.live(1);
  expect((await world.generation(1)).keyState).toBe('Disabled');
});

describe('a tick that comes twice', () => {
  test('at the same time starts one rotation', async () => {
    await openWithOrders();
    skip(PERIOD);
    await Promise.all([world.account.fireSchedules(), world.account.fireSchedules()]);
    expect(executions('rotate-')).toHaveLength(1);
    expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
    expect(irreversibleCalls()).toMatchObject({ CreateKey: 2, UpdateAlias: 1 });
  });

  test('on the same day starts neither a second rotation nor a second retirement', async () => {
    await openWithOrders();
    await world.rotate();
    await world.account.fireSchedules();
    await world.account.fireSchedules();
    expect(executions('retire-')).toHaveLength(1);
    expect(executions('rotate-')).toHaveLength(0);
  });
});

describe('while the family is paused, nothing irreversible is done', () => {
  test('though a rotation is due; going on, it comes', async () => {
    await openWithOrders();
    await world.live(PERIOD - 2);
    await pause();
    const before = irreversibleCalls();
    await world.live(30);
    expect((await world.rotate()).result?.error).toBe('InvalidRequest');
    expect([irreversibleCalls(), executions('rotate-')]).toEqual([before, []]);
    await goOn();
    await world.live(1);
    expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  });

  test.each(['CreateGeneration', 'MoveAlias', 'Fence', 'Census'])('with a rotation that was stopped at %s; going on, it is finished', async (state) => {
    await openWithOrders();
    world.stopAtState(state);
    await world.rotate();
    await pause();
    const before = irreversibleCalls();
    await world.live(10);
    expect(irreversibleCalls()).toEqual(before);
    await goOn();
    await world.live(1);
    if (state === 'CreateGeneration') await world.rotate();
    expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
    expect(irreversibleCalls()).toMatchObject({ CreateKey: 2, UpdateAlias: 1 });
  });

  test.each<[string, (keyState: string, certified: boolean) => boolean]>([
    ['is being observed', (keyState, certified) => keyState === 'Enabled' && certified],
    ['is in soak', (keyState) => keyState === 'Disabled'],
    ['waits for its deletion', (keyState) => keyState === 'PendingDeletion'],
  ])('with a generation that %s; going on, it is retired', async (_, isThere) => {
    await openWithOrders();
    await world.rotate();
    await world.account.liveUntil('it is there', async () => {
      const { keyState, certifiedSince } = await world.generation(1);
      return isThere(keyState, certifiedSince !== undefined);
    }, 20);
    await pause();
    const before = irreversibleCalls();
    await world.live(30);
    expect(irreversibleCalls()).toEqual(before);
    expect(['Enabled', 'Disabled']).toContain((await world.generation(1)).keyState);
    await goOn();
    await world.live(25);
    expect((await world.readFamily()).generations.filter(({ keyState }) => keyState !== 'PendingDeletion').map(({ generation }) => generation)).toEqual([2]);
  });
});

test('without a word about deletion, old generations are kept for years: enabled, fenced, and counted', async () => {
  await openWithOrders({ props: { deletion: undefined }, pageSize: 50 });
  await world.live(2 * 365);
  const { current, generations } = await world.readFamily();
  const old = generations.filter((generation) => generation !== current);
  expect(current.generation).toBe(1 + Math.floor(2 * 365 / (PERIOD + 1)));
  expect(old.map(({ generation, keyState, phase }) => ({ generation, keyState, phase })))
    .toEqual(old.map((_, index) => ({ generation: index + 1, keyState: 'Enabled', phase: 'fenced' })));
  expect(irreversibleCalls()).toMatchObject({ DisableKey: 0, ScheduleKeyDeletion: 0 });
  expect([executions('retire-'), measured(FamilyMetric.RETAINED_GENERATIONS).at(-1)]).toEqual([[], old.length]);
  for (const { keyId } of old) {
    await expect(world.kms.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('new') }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  }
});

test('bytes of one\'s own are asked for 30, 14 and 3 days ahead, and when they are due; the tick after they came rotates', async () => {
  await openWithOrders({ material: 'secret' });
  await world.live(PERIOD + 5);
  const announced = logged().filter(({ happening }) => happening === 'bytes-due').map(({ withinDays }) => withinDays as number);
  expect([...new Set(announced)]).toEqual([30, 14, 3, 0]);
  expect([30, 14, 3].map((days) => announced.filter((withinDays) => withinDays === days).length)).toEqual([16, 11, 3]);
  expect([measured(FamilyMetric.KEY_MATERIAL_DUE_SOON).at(-1), measured(FamilyMetric.KEY_MATERIAL_DUE).at(-1)]).toEqual([1, 1]);
  expect([executions('rotate-'), await world.generations()]).toEqual([[], ['1 Enabled current']]);

  await world.putNewBytes();
  await world.live(1);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  await world.live(1);
  expect(measured(FamilyMetric.KEY_MATERIAL_DUE).at(-1)).toBe(0);
});
