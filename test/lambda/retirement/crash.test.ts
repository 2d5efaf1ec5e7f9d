import { decryptOfDisabled } from './cloudtrail-events';
import type { EvidencePort } from '../../../lambda/ports/evidence';
import type { RetirementKeyPort } from '../../../lambda/ports/key-family';
import type { RetirementPorts } from '../../../lambda/retirement/retirement-ports';
import type { DeletionDescription } from '../../../src/contract/family/family-description';
import type { RetirementStep } from '../../../src/contract/runs/function-steps';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { crashPoints, type CrashPoint } from '../../support/crashing-client';
import { DAY, RetirementWorld } from '../../support/world/retirement-world';

/** Thrown where a function is stopped in the middle of its work. */
class StoppedHere extends Error {}

/** Counts the calls to all ports, and stops the function at one of them: before the call, or after its effect. */
class Stop {
  public calls = 0;
  private stopped = false;

  public constructor(private readonly point?: CrashPoint) {}

  public around(ports: RetirementPorts): RetirementPorts {
    return { ...ports, kms: this.wrap<RetirementKeyPort>(ports.kms), evidence: this.wrap<EvidencePort>(ports.evidence) };
  }

  private wrap<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => async (...given: unknown[]) =>
        this.pass(() => (Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>).apply(target, given)),
    });
  }

  private async pass(call: () => Promise<unknown>): Promise<unknown> {
    if (this.stopped) throw new StoppedHere();
    this.calls += 1;
    if (this.point?.call !== this.calls) return call();
    if (this.point.moment === 'after') await call();
    this.stopped = true;
    throw new StoppedHere();
  }
}

interface StepToStop {
  readonly step: RetirementStep;
  /** Prepares a world in which the step is due, and returns the run with which it is called. */
  readonly prepare: (world: RetirementWorld) => Promise<RetirementRun>;
}

async function counted(world: RetirementWorld, found = {}): Promise<RetirementRun> {
  const begun = await world.step('begin-count', await world.decide());
  await world.count(begun, found);
  return world.step('conclude-count', begun);
}

/** Key state, tags and number of certificates. */
async function readState(world: RetirementWorld) {
  const { schema, family, owner, generation, state, 'fenced-since': fenced, ...tags } = await world.tags();
  return { state: await world.state(), tags, certificates: world.evidence.keys().filter((key) => key.startsWith('certificates')).length };
}

const STEPS: StepToStop[] = [
  {
    step: 'certify',
    prepare: async (world) => {
      await world.advanceToCertification();
      return counted(world);
    },
  },
  {
    step: 'begin-soak',
    prepare: async (world) => {
      await world.advanceToEndOfObservation();
      return world.decide();
    },
  },
  {
    step: 'probe-watch',
    prepare: async (world) => {
      await world.advanceToSoak();
      world.advance(DAY);
      return world.decide();
    },
  },
  {
    step: 'schedule-deletion',
    prepare: async (world) => {
      await world.advanceToRecount();
      return counted(world);
    },
  },
  {
    step: 'record-recount',
    prepare: async (world) => {
      await world.advanceToPendingWindow();
      return counted(world);
    },
  },
  {
    step: 'start-over',
    prepare: async (world) => {
      await world.advanceToPendingWindow();
      return counted(world, { underOldGeneration: 1, alreadyCurrent: 9 });
    },
  },
  {
    step: 'cancel-deletion',
    prepare: async (world) => {
      await world.advanceToPendingWindow();
      return world.decide({ cancelDeletion: true });
    },
  },
];

/** Short, because the whole retirement runs once for every call. */
const DELETION: DeletionDescription = {
  observationDays: 1, soakDays: 2, backupRetentionDays: 4, pendingWindowDays: 7, onUse: 'start-over',
};

/** After one call is the same moment as before the next, so only the last call has a moment after it. */
function pointsOf(calls: number): CrashPoint[] {
  return crashPoints(calls).filter(({ call, moment }) => moment === 'before' || call === calls);
}

let tried = 0;

afterAll(() => console.log(`retirement: stopped and repeated at ${tried} points`));

async function inWorld<T>(work: (world: RetirementWorld) => Promise<T>): Promise<T> {
  const world = await RetirementWorld.open({ deletion: DELETION });
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}

async function countCalls({ step, prepare }: StepToStop): Promise<{ calls: number; expected: object }> {
  return inWorld(async (world) => {
    const run = await prepare(world);
    const stop = new Stop();
    await world.step(step, run, stop.around(world.ports));
    return { calls: stop.calls, expected: await readState(world) };
  });
}

describe('a step that is stopped at any call and repeated has the same effect as an undisturbed step', () => {
  test.each(STEPS)('$step', async ({ step, prepare }) => {
    const { calls, expected } = await countCalls({ step, prepare });
    expect(calls).toBeGreaterThan(0);
    for (const point of pointsOf(calls)) {
      tried += 1;
      await inWorld(async (world) => {
        const run = await prepare(world);
        await expect(world.step(step, run, new Stop(point).around(world.ports))).rejects.toThrow(/StoppedHere|unexpected/);
        await world.step(step, run);
        expect({ point, ...(await readState(world)) }).toEqual({ point, ...expected });
        // A late repetition changes nothing.
        await world.step(step, run);
        expect({ point, ...(await readState(world)) }).toEqual({ point, ...expected });
      });
    }
  });
});

/** Performs one run a day. */
async function runDaily(world: RetirementWorld, days: number): Promise<void> {
  for (let day = 0; day < days && await stateOf(world) !== 'deleted'; day++) {
    const { steps } = await world.run();
    if (steps.includes('probe-watch')) await world.deliverProbeEvent();
    world.advance(DAY);
  }
}

async function stateOf(world: RetirementWorld): Promise<string> {
  return world.state().catch(() => 'deleted');
}

describe('a run that is stopped at any call and never repeated is completed by the runs after it', () => {
  test.each(STEPS)('$step', async (stopped) => {
    const { calls } = await countCalls(stopped);
    for (const point of pointsOf(calls)) {
      tried += 1;
      await inWorld(async (world) => {
        const run = await stopped.prepare(world);
        await expect(world.step(stopped.step, run, new Stop(point).around(world.ports))).rejects.toThrow();
        world.advance(60_000);
        // The reason to start over still exists.
        if (stopped.step === 'start-over') await world.deliverEvent(world.asEvent(decryptOfDisabled()));
        await runDaily(world, stopped.step === 'start-over' ? 2 : 40);
        expect([point, await stateOf(world)]).toEqual([point, stopped.step === 'start-over' ? 'Enabled' : 'deleted']);
      });
    }
  });
});
