import { AsyncLocalStorage } from 'node:async_hooks';
import type { FamilyWorld } from './family-world';
import { intercept } from './source-functions';
import { Crash, type CrashPoint } from '../../support/crashing-client';

/** What a function is asked, as far as it says which step of which run it is about. */
export interface StepEvent {
  readonly step?: string;
  readonly execution?: string;
  readonly run?: string | { readonly run: string; readonly action?: { readonly kind: string; readonly purpose?: string } };
}

/** The execution that asks; undefined for the daily tick, for the watch, and for a deployment. */
export function executionOf({ execution, run }: StepEvent): string | undefined {
  return execution ?? (typeof run === 'object' ? run.run : run);
}

/** The step and what it is for: a count for the certificate is another one than the recount before the deletion. */
export function stepOf({ step = 'deployment', run }: StepEvent): string {
  const { kind, purpose } = (typeof run === 'object' ? run.action : undefined) ?? {};
  return [step, purpose ?? kind].filter((word) => word !== undefined).join(' ');
}

/** Whose calls these are, through all that an invocation does. */
const underWay = new AsyncLocalStorage<Crash>();

/**
 * Lays a crash around all calls of an execution together: at that point it ends with all that it has under way.
 *
 * What comes back waits until nothing of it runs any more, and takes the crash away.
 */
export function stopExecution(
  world: FamilyWorld, crash: Crash, isMeant: (event: StepEvent) => boolean = (event) => executionOf(event) !== undefined,
): () => Promise<void> {
  const running = new Set<Promise<unknown>>();
  const undo = intercept(world.interceptors, {
    call: async ({ operation }, proceed) => crashAround(operation, proceed),
    invocation: async (_, event, proceed) => {
      if (!isMeant(event as StepEvent)) return proceed();
      const invocation = underWay.run(crash, () => mortal(crash, proceed));
      running.add(invocation);
      return invocation.finally(() => running.delete(invocation));
    },
  });
  return async () => {
    await Promise.allSettled(running);
    undo();
  };
}

/** Of invocations by the same name, one dies at the point: the first that comes so far. */
export interface Mortality {
  readonly point: CrashPoint;
  /** Undefined: it may not die. */
  readonly nameOf: (asset: string, event: StepEvent) => string | undefined;
  /** What whoever has invoked it is told. */
  readonly tell: (crash: Crash, event: StepEvent, again: () => Promise<unknown>) => unknown;
}

/** Lets invocations die, each alone. What comes back is the list of those that did, which grows as they do. */
export function letInvocationsDie(world: FamilyWorld, { point, nameOf, tell }: Mortality): readonly string[] {
  const deaths: string[] = [];
  intercept(world.interceptors, {
    call: async ({ operation }, proceed) => crashAround(operation, proceed),
    invocation: async (asset, given, proceed) => {
      const event = given as StepEvent;
      const name = nameOf(asset, event);
      if (name === undefined || deaths.includes(name)) return proceed();
      const crash = new Crash(point);
      try {
        return await underWay.run(crash, () => mortal(crash, proceed));
      } catch (error) {
        if (crash.crashed === undefined || deaths.includes(name)) throw error;
        deaths.push(name);
        return tell(crash, event, proceed);
      }
    },
  });
  return deaths;
}

async function crashAround(operation: string, proceed: () => Promise<unknown>): Promise<unknown> {
  const crash = underWay.getStore();
  return crash === undefined ? proceed() : crash.pass(operation, proceed);
}

/** Whatever a function makes of the end of its calls, it is over. */
async function mortal(crash: Crash, proceed: () => Promise<unknown>): Promise<unknown> {
  const outcome = await proceed().then((answer) => () => answer, (error: unknown) => () => { throw error; });
  if (crash.crashed !== undefined) throw crash.crashed;
  return outcome();
}

/** What Step Functions says of a function that ended without an answer. */
export function endedWithoutAnswer(name: 'Sandbox.Timedout' | 'Lambda.Unknown', crash: Crash): Error {
  return Object.assign(new Error(crash.crashed?.reason), { name });
}

/** Says of what fails at which point it did. */
export async function atPoint(point: string, attempt: () => Promise<void>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    throw new Error(`${point}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export function inWords({ call, moment }: CrashPoint): string {
  return `stopped ${moment} the effect of call ${call}`;
}
