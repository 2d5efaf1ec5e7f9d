import { DAY, AccountWorld } from './account-world';
import { atPoint, executionOf, inWords, stopInvocations, stepOf, type StepEvent } from './crashing-functions';
import { familyStack } from './family-stack';
import { expectNothingLost, expectRotatedTo, watchLaws } from './laws';
import { crashPoints, type CrashPoint } from '../../support/crashing-client';

const ORDERS = 4;
const synthesized = familyStack();

/** Days from the replacement of a generation to the recount before its deletion, without a disturbance. */
const UNDISTURBED_DAYS = 12;
/**
 * Days that one stop may add, on average: a deletion without a recount in time is cancelled, and the soak starts again.
 */
const DAYS_A_STOP = 5;

interface Life {
  /** The name of a step that is stopped, or undefined for one that is not. */
  readonly nameOf: (asset: string, event: StepEvent) => string | undefined;
  /** A record under the old generation is written back while its deletion is pending. */
  readonly withOldRecord?: boolean;
}

/**
 * The life of a generation after its replacement. Every step is stopped once, at its call of that number. Returns the
 * number of points.
 */
async function live(point: CrashPoint, { nameOf, withOldRecord = false }: Life): Promise<readonly string[]> {
  const world = await AccountWorld.open({}, synthesized);
  try {
    await world.writeOrders(ORDERS);
    const before = await world.readItem(world.application.orders[1]!);
    expect((await world.rotate()).status).toBe('SUCCEEDED');
    await expectRotatedTo(world, 2);
    const violations = watchLaws(world);
    const stopped = stopInvocations(world, {
      point,
      nameOf,
      answer: (crash, event, again) => {
        if (executionOf(event) !== undefined) throw crash.crashed;
        // EventBridge retries. The next reconcile run does what a missed one did not.
        return event.step === 'reconcile' ? undefined : again();
      },
    });
    if (withOldRecord) {
      await runUntil(world, 'deletion is pending', async () => isPending(world), stopped);
      await world.putItem(before);
      // Before that, the record cannot be decrypted.
      await runUntil(world, 'deletion is cancelled and key enabled', async () => isEnabled(world), stopped, async () => undefined);
      await expectNothingLost(world);
    }
    await runUntil(world, 'recounted in the pending window', async () => await isPending(world) && isRecounted(world), stopped);
    expect(violations).toEqual([]);
    await expectDeleted(world);
    return stopped;
  } finally {
    await world.close();
  }
}

async function runUntil(
  world: AccountWorld,
  what: string,
  isSo: () => Promise<boolean>,
  stopped: readonly string[],
  eachDay = async () => expectNothingLost(world),
): Promise<void> {
  for (let day = 0; !(await isSo()); day++) {
    if (day > UNDISTURBED_DAYS + stopped.length * DAYS_A_STOP) {
      const ends = world.account.stepFunctions.executions.map(({ name, status, result }) => `${name} ${status} ${result?.cause ?? ''}`);
      throw new Error(`${what}: not so after ${day} days and ${stopped.length} stops (${stopped.join(', ')})\n${ends.join('\n')}`);
    }
    await world.live(1);
    await eachDay();
  }
}

async function isEnabled(world: AccountWorld): Promise<boolean> {
  return (await world.generation(1)).keyState === 'Enabled';
}

async function isPending(world: AccountWorld): Promise<boolean> {
  return (await world.generation(1)).keyState === 'PendingDeletion';
}

/** The recount for the pending deletion. */
async function isRecounted(world: AccountWorld): Promise<boolean> {
  const { recountedAt = '' } = await world.generation(1);
  return world.evidence().some(([key]) => key.includes(`.recount-${recountedAt.replace(/[^0-9TZ]/g, '')}`));
}

/** Only the old generation is deleted, and its last certificate counted every record once. */
async function expectDeleted(world: AccountWorld): Promise<void> {
  world.account.laptop.kms.clock.advance(8 * DAY);
  expect(await world.generations()).toEqual(['2 Enabled current']);
  expect(await world.checkOrders()).toEqual(Array(ORDERS).fill('intact'));
  const last = world.certificates().at(-1);
  expect(last?.total).toMatchObject({ scanned: ORDERS, alreadyCurrent: ORDERS, underOldGeneration: 0, quarantined: 0 });
}

/** Stops at call 1, 2, ... of every step, until no step makes so many calls. */
async function stopEverywhere(life: Life): Promise<Map<string, number>> {
  const points = new Map<string, number>();
  for (let call = 1, stops = Infinity; stops > 0; call++) {
    stops = 0;
    for (const point of crashPoints(1).map(({ moment }) => ({ call, moment }))) {
      await atPoint(`every step ${inWords(point)}`, async () => {
        for (const step of await live(point, life)) {
          points.set(step, (points.get(step) ?? 0) + 1);
          stops += 1;
        }
      });
    }
  }
  return points;
}

function logPoints(points: Map<string, number>, what: string): number {
  const sum = [...points.values()].reduce((one, other) => one + other, 0);
  console.log(`crash matrix: ${sum} points ${what}: ${[...points].map(([step, count]) => `${step} ${count}`).join(', ')}`);
  return sum;
}

test('reconcile run, watch and every step of a retirement can be stopped before and after every call', async () => {
  const points = await stopEverywhere({ nameOf: (asset, event) => `${asset} ${stepOf(event)}` });
  expect(logPoints(points, 'at which a life was stopped, and continued by its daily reconcile run')).toBeGreaterThan(200);
});

test('the steps that cancel a deletion can be stopped before and after every call, after a record was written back', async () => {
  const stoppedSteps = ['start-over', 'close-gate'];
  const nameOf = (asset: string, event: StepEvent) => (stoppedSteps.includes(event.step ?? '') ? `${asset} ${stepOf(event)}` : undefined);
  const points = await stopEverywhere({ withOldRecord: true, nameOf });
  expect(logPoints(points, 'at which a deletion was being cancelled')).toBeGreaterThan(20);
});
