import { decryptOfDisabled } from './cloudtrail-events';
import type { EvidencePort, RetirementKeyPort } from '../../../lambda/ports';
import type { RetirementPorts } from '../../../lambda/retirement/retirement-ports';
import type { DeletionDescription } from '../../../src/contract/family/family-description';
import type { RetirementStep } from '../../../src/contract/runs/function-steps';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { crashPoints, type CrashPoint } from '../../support/crashing-client';
import { DAY, RetirementWorld } from '../../support/world/retirement-world';

/** The end of a function in the middle of its work. */
class StoppedHere extends Error {}

/** Counts the calls to every port, and ends everything at one of them: before it, or after its effect. */
class Stop {
  public calls = 0;
  private over = false;

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
    if (this.over) throw new StoppedHere();
    this.calls += 1;
    if (this.point?.call !== this.calls) return call();
    if (this.point.moment === 'after') await call();
    this.over = true;
    throw new StoppedHere();
  }
}

interface StepToStop {
  readonly step: RetirementStep;
  /** Brings a world to where the step is due, and answers what the step is asked with. */
  readonly bring: (world: RetirementWorld) => Promise<RetirementRun>;
}

async function counted(world: RetirementWorld, found = {}): Promise<RetirementRun> {
  const begun = await world.step('begin-count', await world.decide());
  await world.count(begun, found);
  return world.step('conclude-count', begun);
}

/** State and tags, and which certificates there are. */
async function look(world: RetirementWorld) {
  const { schema, family, owner, generation, state, 'fenced-since': fenced, ...tags } = await world.tags();
  return { state: await world.state(), tags, beside: world.evidence.keys().filter((key) => key.startsWith('certificates')).length };
}

const STEPS: StepToStop[] = [
  {
    step: 'certify',
    bring: async (world) => {
      await world.bringToCertification();
      return counted(world);
    },
  },
  {
    step: 'begin-soak',
    bring: async (world) => {
      await world.bringToEndOfObservation();
      return world.decide();
    },
  },
  {
    step: 'echo',
    bring: async (world) => {
      await world.bringToSoak();
      world.advance(DAY);
      return world.decide();
    },
  },
  {
    step: 'schedule-deletion',
    bring: async (world) => {
      await world.bringToRecount();
      return counted(world);
    },
  },
  {
    step: 'record-recount',
    bring: async (world) => {
      await world.bringToPendingWindow();
      return counted(world);
    },
  },
  {
    step: 'start-over',
    bring: async (world) => {
      await world.bringToPendingWindow();
      return counted(world, { underOldGeneration: 1, alreadyCurrent: 9 });
    },
  },
  {
    step: 'cancel-deletion',
    bring: async (world) => {
      await world.bringToPendingWindow();
      return world.decide({ cancelDeletion: true });
    },
  },
];

/** Short, since a world is lived through for every call. */
const DELETION: DeletionDescription = { observationDays: 1, soakDays: 2, backupRetentionDays: 4, pendingWindowDays: 7, onUse: 'start-over' };

/** After one call is before the next: only after the last one is a moment of its own. */
function pointsOf(calls: number): CrashPoint[] {
  return crashPoints(calls).filter(({ call, moment }) => moment === 'before' || call === calls);
}

let tried = 0;

afterAll(() => console.log(`retirement: stopped and run again at ${tried} points`));

async function inWorld<T>(work: (world: RetirementWorld) => Promise<T>): Promise<T> {
  const world = await RetirementWorld.open({ deletion: DELETION });
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}

async function countCalls({ step, bring }: StepToStop): Promise<{ calls: number; expected: object }> {
  return inWorld(async (world) => {
    const run = await bring(world);
    const stop = new Stop();
    await world.step(step, run, stop.around(world.ports));
    return { calls: stop.calls, expected: await look(world) };
  });
}

describe('a step that is stopped at any call, and repeated, has done what it does undisturbed', () => {
  test.each(STEPS)('$step', async ({ step, bring }) => {
    const { calls, expected } = await countCalls({ step, bring });
    expect(calls).toBeGreaterThan(0);
    for (const point of pointsOf(calls)) {
      tried += 1;
      await inWorld(async (world) => {
        const run = await bring(world);
        await expect(world.step(step, run, new Stop(point).around(world.ports))).rejects.toThrow(/StoppedHere|unexpected/);
        await world.step(step, run);
        expect({ point, ...(await look(world)) }).toEqual({ point, ...expected });
        // Once more, late: nothing changes.
        await world.step(step, run);
        expect({ point, ...(await look(world)) }).toEqual({ point, ...expected });
      });
    }
  });
});

/** Lets days pass with one run a day, as if no run had ever been stopped. */
async function liveOn(world: RetirementWorld, days: number): Promise<void> {
  for (let day = 0; day < days && await stateOf(world) !== 'gone'; day++) {
    const { steps } = await world.run();
    if (steps.includes('echo')) await world.hearEcho();
    world.advance(DAY);
  }
}

async function stateOf(world: RetirementWorld): Promise<string> {
  return world.state().catch(() => 'gone');
}

describe('a run that is stopped at any call, and never repeated, is made good by the runs after it', () => {
  test.each(STEPS)('$step', async (found) => {
    const { calls } = await countCalls(found);
    for (const point of pointsOf(calls)) {
      tried += 1;
      await inWorld(async (world) => {
        const run = await found.bring(world);
        await expect(world.step(found.step, run, new Stop(point).around(world.ports))).rejects.toThrow();
        world.advance(60_000);
        // What made it start over is still there.
        if (found.step === 'start-over') await world.hear(world.about(decryptOfDisabled()));
        await liveOn(world, found.step === 'start-over' ? 2 : 40);
        expect([point, await stateOf(world)]).toEqual([point, found.step === 'start-over' ? 'Enabled' : 'gone']);
      });
    }
  });
});
