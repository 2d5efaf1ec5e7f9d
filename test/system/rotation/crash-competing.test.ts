import { setImmediate } from 'node:timers/promises';
import { DAY, AccountWorld } from './account-world';
import { atPoint, executionOf, inWords, stopExecution, type StepEvent } from './crashing-functions';
import { familyStack } from './family-stack';
import { expectNothingLost, expectRotatedTo, readFamilyRegister, watchLaws } from './laws';
import { intercept } from '../../../local/account/source-functions';
import type { LocalExecution } from '../../../local/step-functions/service/local-execution';
import { Crash, crashPoints } from '../../support/crashing-client';

const synthesized = familyStack();
const ORDERS = 4;
/** One of so many calls of a rotation is tested. */
const EVERY = 4;
/** Calls until a rotation that a reconcile run has started is well under way. */
const MAX_CALLS = 24;
/** With the input `{}`, a run that starts after the end of the first would begin another rotation. */
const SAME = { toGeneration: 2 };

let points = 0;
afterAll(() => console.log(`crash matrix: ${points} points at which runs competed`));

/** One point: a competing run acts, and then every execution ends. */
async function compete(where: string, act: (world: AccountWorld) => Promise<void>, end = finish): Promise<void> {
  await inWorld(async (world) => atPoint(where, async () => {
    const violations = watchLaws(world);
    await act(world);
    await end(world);
    expect(violations).toEqual([]);
    expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
  }));
  points += 1;
}

async function inWorld<T>(act: (world: AccountWorld) => Promise<T>): Promise<T> {
  const world = await AccountWorld.open({}, synthesized);
  try {
    await world.writeOrders(ORDERS);
    return await act(world);
  } finally {
    await world.close();
  }
}

/** After any competition nothing is lost, one more run is enough, and the generation number was claimed once. */
async function finish(world: AccountWorld): Promise<void> {
  await expectNothingLost(world);
  const { generations } = await readFamilyRegister(world);
  if (generations.length < 2 || generations[0]?.emptiedSince === undefined) {
    const { status, result } = await world.rotate();
    expect([status, result?.cause]).toEqual(['SUCCEEDED', undefined]);
  }
  await expectRotatedTo(world, 2);
}

/** Calls `at` before each call of a rotation execution, in their order. */
function eachCall(world: AccountWorld, at: (call: number) => Promise<void>): () => void {
  let calls = 0;
  return intercept(world.interceptors, { call: async (_, proceed) => { await at(++calls); return proceed(); } });
}

async function countCalls(): Promise<number> {
  return inWorld(async (world) => {
    let calls = 0;
    eachCall(world, async (call) => { calls = call; });
    expect((await world.rotate()).status).toBe('SUCCEEDED');
    return calls;
  });
}

/** Succeeded, or was superseded by another run. */
function expectOrderlyEnd(...executions: LocalExecution[]): void {
  for (const { status, result } of executions) {
    if (status !== 'SUCCEEDED') expect([status, result?.error, result?.cause]).toEqual(['FAILED', 'RunSuperseded', result?.cause]);
  }
}

test('a run waits before one of its calls until another run begins, and both continue in parallel', async () => {
  for (let at = 1, calls = await countCalls(); at <= calls; at += EVERY) {
    await compete(`another begins at call ${at}`, async (world) => {
      let other: LocalExecution | undefined;
      const undo = eachCall(world, async (call) => { if (call === at) other = await world.start('rotation', SAME, 'run-2'); });
      const one = await world.run('rotation', {}, 'run-1');
      undo();
      expectOrderlyEnd(one, other as LocalExecution);
    });
  }
});

test('a run waits before one of its calls for the whole duration of another run', async () => {
  for (let at = 3, calls = await countCalls(); at <= calls; at += EVERY) {
    await compete(`waits at call ${at}`, async (world) => {
      let other: LocalExecution | undefined;
      const undo = eachCall(world, async (call) => {
        if (call !== at) return;
        other = await world.start('rotation', SAME, 'run-2');
        await other.untilEnded();
      });
      const one = await world.run('rotation', {}, 'run-1');
      undo();
      expectOrderlyEnd(one, other as LocalExecution);
    });
  }
});

test('a function of a stopped run continues after the end of the next run', async () => {
  for (let at = 4, calls = await countCalls(); at <= calls; at += EVERY) {
    await compete(`continues at call ${at}`, async (world) => {
      let release = () => {};
      const released = new Promise<void>((resolve) => { release = resolve; });
      let held: Promise<unknown> | undefined;
      let starting: Promise<LocalExecution> | undefined;
      let sent = 0;
      intercept(world.interceptors, {
        call: async (_, proceed) => {
          if (++sent === at) {
            await (await starting)?.stop();
            await released;
          }
          return proceed();
        },
        invocation: async (_, __, proceed) => {
          if (sent >= at) return proceed();
          const invocation = proceed();
          // The latest invocation that began before that call, or one in parallel.
          held = Promise.allSettled([held, invocation]);
          return invocation;
        },
      });
      starting = world.start('rotation', {}, 'run-1');
      const one = await starting;
      await one.untilEnded();
      expect(one.status).toBe('ABORTED');
      const other = await world.run('rotation', SAME, 'run-2');
      expectOrderlyEnd(other);
      release();
      await held;
    });
  }
});

test('two runs begin at the same time, in many orders of their calls', async () => {
  for (let seed = 1; seed <= 16; seed++) {
    await compete(`order ${seed}`, async (world) => {
      const random = randomNumbers(seed);
      const undo = eachCall(world, async () => { for (let turns = random(40); turns > 0; turns--) await setImmediate(); });
      const both = [await world.start('rotation', {}, 'run-1'), await world.start('rotation', {}, 'run-2')];
      await world.account.idle();
      undo();
      expectOrderlyEnd(...both);
    });
  }
});

test('two runs begin at the same time, and the one that reaches the point is stopped', async () => {
  let crashed = 0;
  for (const point of crashPoints(await countCalls()).filter((_, index) => index % (2 * EVERY + 1) === 0)) {
    await compete(inWords(point), async (world) => {
      const crash = new Crash(point);
      // Only one of the two is stopped.
      const end = stopExecution(world, crash, (event) => /:run-1(@|$)/.test(executionOf(event) ?? ''));
      const [stopped, other] = [await world.start('rotation', {}, 'run-1'), await world.start('rotation', {}, 'run-2')];
      await world.account.idle();
      await end();
      expectOrderlyEnd(other);
      if (crash.happened) crashed += 1;
      else expectOrderlyEnd(stopped);
    });
  }
  expect(crashed).toBeGreaterThan(0);
});

test('an operator starts a run while a reconcile run starts one', async () => {
  for (let at = 1, reached = true; reached; at++) {
    reached = false;
    await compete(`by hand at call ${at} of the reconcile run and of the execution that it starts`, async (world) => {
      world.account.laptop.kms.clock.advance(90 * DAY);
      let byHand: LocalExecution | undefined;
      const undo = eachCall(world, async (call) => { if (call === at) byHand = await world.start('rotation', {}, 'by-hand'); });
      await world.live(1);
      undo();
      const executions = world.account.stepFunctions.executions.filter(({ machineArn }) => machineArn.includes('Rotation'));
      expectOrderlyEnd(...executions);
      reached = byHand !== undefined && at < MAX_CALLS;
    });
  }
});

test('every step is invoked twice at the same time, and either answer is used', async () => {
  const steps = [
    'plan',
    'create-generation',
    'pre-flight',
    'move-alias',
    'check-consumers',
    'fence',
    'probe-fence',
    'begin-pass',
    'work-on-shard',
    'begin-census',
    'conclude-census',
    'conclude-rotation',
    'every step',
  ];
  for (const step of steps) {
    for (const taken of [0, 1]) {
      await compete(`${step} twice, answer ${taken}`, async (world) => {
        let doubled = 0;
        const undo = intercept(world.interceptors, {
          invocation: async (_, event, proceed) => {
            if (executionOf(event as StepEvent) === undefined || (step !== 'every step' && (event as StepEvent).step !== step)) {
              return proceed();
            }
            doubled += 1;
            const answers = await Promise.allSettled([proceed(), proceed()]);
            const answer = answers[taken] as PromiseSettledResult<unknown>;
            if (answer.status === 'rejected') throw answer.reason;
            return answer.value;
          },
        });
        const one = await world.rotate();
        undo();
        expect(doubled).toBeGreaterThan(0);
        expectOrderlyEnd(one);
      });
    }
  }
});

test('every event of an ended run that is delivered again changes nothing', async () => {
  await compete('late messages', async (world) => {
    const late: (() => Promise<unknown>)[] = [];
    const undo = intercept(world.interceptors, {
      invocation: async (_, event, proceed) => {
        if (executionOf(event as StepEvent) !== undefined) late.push(proceed);
        return proceed();
      },
    });
    expect((await world.rotate()).status).toBe('SUCCEEDED');
    undo();
    const before = await readFamilyRegister(world);
    for (const message of late) {
      await message().catch(() => undefined);
      await expectRotatedTo(world, 2);
      points += 1;
    }
    expect((await readFamilyRegister(world)).generations).toEqual(before.generations);
    // The next rotation has ended, so the plan of the first is out of date.
    expect((await world.rotate()).status).toBe('SUCCEEDED');
    for (const message of late) {
      await message().catch(() => undefined);
      await expectRotatedTo(world, 3);
      points += 1;
    }
  }, async (world) => expectRotatedTo(world, 3));
});

/** Small integers in a pseudo-random order that is the same in every test run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 % 2 ** 32;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor(state / 2 ** 32 * below);
  };
}
