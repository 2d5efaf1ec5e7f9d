import { atPoint, inWords, stopExecution } from './crashing-functions';
import { familyStack, type FamilyStackOptions } from './family-stack';
import { FamilyWorld } from './family-world';
import { expectEmptyWhereSaid, expectNothingLost, expectRotatedTo, lookAt, watchLaws } from './laws';
import { Crash, crashPoints, type CrashPoint } from '../../support/crashing-client';

const ORDERS = 4;

/** What goes on after a rotation was stopped. */
type GoOn = (world: FamilyWorld) => Promise<void>;

class Matrix {
  private readonly synthesized;
  public points = 0;

  public constructor(private readonly options: FamilyStackOptions) {
    this.synthesized = familyStack(options);
  }

  /** How many calls a rotation makes; with a state, until the step of that name is asked for. */
  public async countCalls(beforeStep?: string): Promise<number> {
    return this.inWorld(async (world) => {
      const crash = new Crash();
      const end = stopExecution(world, crash);
      let calls: number | undefined;
      const { invocation } = world.interceptors;
      world.interceptors.invocation = async (asset, event, proceed) => {
        if ((event as { step: string }).step === beforeStep) calls ??= crash.calls;
        return invocation(asset, event, proceed);
      };
      expect((await world.rotate()).status).toBe('SUCCEEDED');
      await end();
      return calls ?? crash.calls;
    });
  }

  public async stopAt(point: CrashPoint, goOn: GoOn): Promise<void> {
    await this.inWorld((world) => atPoint(inWords(point), async () => {
      const violations = watchLaws(world);
      const crash = new Crash(point);
      const end = stopExecution(world, crash);
      const { status, result } = await world.rotate();
      await end();
      expect([status, result?.cause]).toEqual(['ABORTED', crash.crashed?.reason]);
      await expectNothingLost(world);
      await expectEmptyWhereSaid(world);
      await goOn(world);
      await expectRotatedTo(world, 2);
      expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
      expect(violations).toEqual([]);
    }));
    this.points += 1;
  }

  private async inWorld<T>(act: (world: FamilyWorld) => Promise<T>): Promise<T> {
    const world = await FamilyWorld.open(this.options, this.synthesized);
    try {
      await world.writeOrders(ORDERS);
      if (this.options.material === 'secret') await world.putNewBytes();
      return await act(world);
    } finally {
      await world.close();
    }
  }
}

/** With `{}`, unless all was done: then that would be another rotation. */
async function runAgain(world: FamilyWorld): Promise<void> {
  const [old, current] = (await lookAt(world)).generations;
  const isDone = current !== undefined && old?.emptiedSince !== undefined;
  const { status, result } = await world.rotate(isDone ? { toGeneration: 2 } : {});
  expect([status, result?.cause]).toEqual(['SUCCEEDED', undefined]);
}

/** A run that was stopped before it had claimed its number leaves nothing that would be due. */
async function leaveItToTheTick(world: FamilyWorld): Promise<void> {
  const begun = (await lookAt(world)).generations.length > 1;
  await world.live(1);
  if (begun) return;
  expect(await world.generations()).toEqual(['1 Enabled current']);
  await expectNothingLost(world);
  await runAgain(world);
}

test('a rotation with key material of its own may be stopped before and after every call, and run again', async () => {
  const matrix = new Matrix({ material: 'secret' });
  for (const point of crashPoints(await matrix.countCalls())) await matrix.stopAt(point, runAgain);
  console.log(`crash matrix: ${matrix.points} points at which a rotation was stopped, and run again`);
  expect(matrix.points).toBeGreaterThan(200);
}, 900_000);

test('the same, until the generation is made, where KMS makes the key material', async () => {
  const matrix = new Matrix({});
  for (const point of crashPoints(await matrix.countCalls('pre-flight'))) await matrix.stopAt(point, runAgain);
  console.log(`crash matrix: ${matrix.points} points at which a rotation was stopped while it made a key, and run again`);
  expect(matrix.points).toBeGreaterThan(20);
}, 300_000);

test('what was stopped is finished by the daily tick, if anything was begun', async () => {
  const matrix = new Matrix({});
  const points = crashPoints(await matrix.countCalls());
  for (const point of points.filter((_, index) => index % 9 === 4)) await matrix.stopAt(point, leaveItToTheTick);
  console.log(`crash matrix: ${matrix.points} points at which a rotation was stopped, and left to the daily tick`);
  expect(matrix.points).toBeGreaterThan(20);
}, 300_000);
