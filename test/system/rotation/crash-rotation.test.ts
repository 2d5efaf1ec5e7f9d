import { AccountWorld } from './account-world';
import { atPoint, inWords, stopExecution } from './crashing-functions';
import { familyStack, type FamilyStackOptions } from './family-stack';
import { expectEmptiedGenerationsEmpty, expectNothingLost, expectRotatedTo, readFamilyRegister, watchLaws } from './laws';
import { Crash, crashPoints, type CrashPoint } from '../../support/crashing-client';

const ORDERS = 4;

/** The way in which a stopped rotation is continued. */
type Resume = (world: AccountWorld) => Promise<void>;

class Matrix {
  private readonly synthesized;
  public points = 0;

  public constructor(private readonly options: FamilyStackOptions) {
    this.synthesized = familyStack(options);
  }

  /** The number of calls of a rotation, or of its beginning until a state. */
  public async countCalls(beforeStep?: string): Promise<number> {
    return this.inWorld(async (world) => {
      const crash = new Crash();
      const end = stopExecution(world, crash);
      let calls: number | undefined;
      const { invocation } = world.interceptors;
      world.interceptors.invocation = async (asset, event, proceed) => {
        // An event of the watch has no step.
        if (beforeStep !== undefined && (event as { step?: string }).step === beforeStep) calls ??= crash.calls;
        return invocation(asset, event, proceed);
      };
      expect((await world.rotate()).status).toBe('SUCCEEDED');
      await end();
      return calls ?? crash.calls;
    });
  }

  public async stopAt(point: CrashPoint, resume: Resume): Promise<void> {
    await this.inWorld((world) => atPoint(inWords(point), async () => {
      const violations = watchLaws(world);
      const crash = new Crash(point);
      const end = stopExecution(world, crash);
      const { status, result } = await world.rotate();
      await end();
      expect([status, result?.cause]).toEqual(['ABORTED', crash.crashed?.reason]);
      await expectNothingLost(world);
      await expectEmptiedGenerationsEmpty(world);
      await resume(world);
      await expectRotatedTo(world, 2);
      expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
      expect(violations).toEqual([]);
    }));
    this.points += 1;
  }

  private async inWorld<T>(act: (world: AccountWorld) => Promise<T>): Promise<T> {
    const world = await AccountWorld.open(this.options, this.synthesized);
    try {
      await world.writeOrders(ORDERS);
      if (this.options.material === 'secret') await world.putNewKeyMaterial();
      return await act(world);
    } finally {
      await world.close();
    }
  }
}

/** Runs with the input `{}`, unless the rotation was complete: then that would begin another one. */
async function runAgain(world: AccountWorld): Promise<void> {
  const [old, current] = (await readFamilyRegister(world)).generations;
  const isDone = current !== undefined && old?.emptiedSince !== undefined;
  const { status, result } = await world.rotate(isDone ? { toGeneration: 2 } : {});
  expect([status, result?.cause]).toEqual(['SUCCEEDED', undefined]);
}

/** A run that was stopped before it claimed its number leaves nothing due. */
async function resumeByReconcileRun(world: AccountWorld): Promise<void> {
  const begun = (await readFamilyRegister(world)).generations.length > 1;
  await world.live(1);
  if (begun) return;
  expect(await world.generations()).toEqual(['1 Enabled current']);
  await expectNothingLost(world);
  await runAgain(world);
}

/** Many calls are the same checks of consumers again, and every third point stops the rotation in each of its steps. */
test('a rotation with imported key material can be stopped before or after its calls, and run again', async () => {
  const matrix = new Matrix({ material: 'secret' });
  const points = crashPoints(await matrix.countCalls());
  for (const point of points.filter((_, index) => index % 3 === 0)) await matrix.stopAt(point, runAgain);
  console.log(`crash matrix: ${matrix.points} points at which a rotation was stopped, and run again`);
  expect(matrix.points).toBeGreaterThan(200);
});

test('a rotation with AWS_KMS key material can be stopped before and after every call until the generation is created, and run again', async () => {
  const matrix = new Matrix({});
  for (const point of crashPoints(await matrix.countCalls('pre-flight'))) await matrix.stopAt(point, runAgain);
  console.log(`crash matrix: ${matrix.points} points at which a rotation was stopped while it created a key, and run again`);
  expect(matrix.points).toBeGreaterThan(20);
});

test('the daily reconcile run finishes a stopped rotation, if it had begun', async () => {
  const matrix = new Matrix({});
  const points = crashPoints(await matrix.countCalls());
  for (const point of points.filter((_, index) => index % 25 === 4)) await matrix.stopAt(point, resumeByReconcileRun);
  console.log(`crash matrix: ${matrix.points} points at which a rotation was stopped, and continued by the daily reconcile run`);
  expect(matrix.points).toBeGreaterThan(20);
});
