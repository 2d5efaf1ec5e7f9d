import { EncryptCommand } from '@aws-sdk/client-kms';
import { Duration } from 'aws-cdk-lib';
import { DAY, AccountWorld } from './account-world';
import { familyStack, type FamilyStackOptions } from './family-stack';
import { FamilyMetric } from '../../../src/contract/family/family-metrics';
import { RotationSchedule } from '../../../src/index';

const PERIOD = 90;
/** The irreversible calls, and the calls that lead to them. */
const IRREVERSIBLE = ['CreateKey', 'UpdateAlias', 'DisableKey', 'ScheduleKeyDeletion'];

let world: AccountWorld;

async function openWithOrders(options: FamilyStackOptions = {}): Promise<void> {
  world = await AccountWorld.open(options);
  await world.writeOrders(4);
}

/** After each test every data key can be decrypted, and the alias encrypts. */
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
const resume = () => deploy({ props: { paused: false } });

/** Advances the clock by days without a reconcile run. */
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

/** Every value of a metric, in order. */
function measured(metric: FamilyMetric): unknown[] {
  return logged().flatMap((line) => metric in line ? [line[metric]] : []);
}

test('neither the first deployment nor a changed schedule starts a due rotation: the next reconcile run does', async () => {
  await openWithOrders();
  skip(PERIOD + 10);
  await deploy({ props: { schedule: RotationSchedule.every(Duration.days(30)) } });
  expect(world.account.stepFunctions.executions).toEqual([]);
  await world.live(1);
  expect(executions('rotate-')).toHaveLength(1);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
});

test('a key with rotation on request is not rotated by schedule, and its old generations are retired', async () => {
  await openWithOrders({ props: { schedule: RotationSchedule.onRequest() } });
  await world.live(2 * PERIOD);
  expect(await world.generations()).toEqual(['1 Enabled current']);
  await world.rotate();
  await world.live(8);
  expect(await world.generations()).toEqual(['1 PendingDeletion retiring', '2 Enabled current']);
});

test('after ten missed reconcile runs the next one starts the rotation, and later the retirement', async () => {
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

test('a deletion without a recount is executed only if no reconcile run starts before its end', async () => {
  await openWithOrders();
  await world.rotate();
  await world.account.runUntil('its deletion is pending', async () => (await world.generation(1)).keyState === 'PendingDeletion', 20);
  // In the second half of its window it would have been recounted. Now the window is about to end.
  skip(5);
  await world.live(1);
  expect((await world.generation(1)).keyState).toBe('Disabled');
});

describe('a reconcile run that is delivered twice', () => {
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
  test('although a rotation is due; after the pause it starts', async () => {
    await openWithOrders();
    await world.live(PERIOD - 2);
    await pause();
    const before = irreversibleCalls();
    await world.live(30);
    expect((await world.rotate()).result?.error).toBe('InvalidRequest');
    expect([irreversibleCalls(), executions('rotate-')]).toEqual([before, []]);
    await resume();
    await world.live(1);
    expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  });

  test.each(['CreateGeneration', 'MoveAlias', 'Fence', 'Census'])(
    'with a rotation that was stopped at %s; after the pause it is finished',
    async (state) => {
      await openWithOrders();
      world.stopAtState(state);
      await world.rotate();
      await pause();
      const before = irreversibleCalls();
      await world.live(10);
      expect(irreversibleCalls()).toEqual(before);
      await resume();
      await world.live(1);
      if (state === 'CreateGeneration') await world.rotate();
      expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
      expect(irreversibleCalls()).toMatchObject({ CreateKey: 2, UpdateAlias: 1 });
    },
  );

  test.each<[string, (keyState: string, certified: boolean) => boolean]>([
    ['is being observed', (keyState, certified) => keyState === 'Enabled' && certified],
    ['is in soak', (keyState) => keyState === 'Disabled'],
    ['is pending deletion', (keyState) => keyState === 'PendingDeletion'],
  ])('with a generation that %s; after the pause it is retired', async (_, isThere) => {
    await openWithOrders();
    await world.rotate();
    await world.account.runUntil('it is there', async () => {
      const { keyState, certifiedSince } = await world.generation(1);
      return isThere(keyState, certifiedSince !== undefined);
    }, 20);
    await pause();
    const before = irreversibleCalls();
    await world.live(30);
    expect(irreversibleCalls()).toEqual(before);
    expect(['Enabled', 'Disabled']).toContain((await world.generation(1)).keyState);
    await resume();
    await world.live(25);
    expect(
      (await world.readFamily()).generations.filter(({ keyState }) => keyState !== 'PendingDeletion').map(({ generation }) => generation),
    ).toEqual([2]);
  });
});

test('without `deletion`, old generations are kept for years: enabled, fenced, and counted', async () => {
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
    await expect(world.kms.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('new') }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  }
});

test('new key material is announced 30, 14 and 3 days ahead and when it is due, and the reconcile run after its arrival rotates', async () => {
  await openWithOrders({ material: 'secret' });
  await world.live(PERIOD + 5);
  const announced = logged()
    .filter(({ event }) => event === 'key-material-due')
    .map(({ withinDays }) => withinDays as number);
  expect([...new Set(announced)]).toEqual([30, 14, 3, 0]);
  expect([30, 14, 3].map((days) => announced.filter((withinDays) => withinDays === days).length)).toEqual([16, 11, 3]);
  expect([measured(FamilyMetric.KEY_MATERIAL_DUE_SOON).at(-1), measured(FamilyMetric.KEY_MATERIAL_DUE).at(-1)]).toEqual([1, 1]);
  expect([executions('rotate-'), await world.generations()]).toEqual([[], ['1 Enabled current']]);

  await world.putNewKeyMaterial();
  await world.live(1);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  await world.live(1);
  expect(measured(FamilyMetric.KEY_MATERIAL_DUE).at(-1)).toBe(0);
});
