import { AsyncLocalStorage } from 'node:async_hooks';
import type { AccountWorld } from './account-world';
import { intercept } from '../../../local/account/source-functions';
import { Crash, type CrashPoint } from '../../support/crashing-client';

/** The event of a function, as far as it names the step and the run. */
export interface StepEvent {
  readonly step?: string;
  readonly execution?: string;
  readonly run?: string | { readonly run: string; readonly action?: { readonly kind: string; readonly purpose?: string } };
}

/** The invoking execution; undefined for the daily reconcile run, the watch, and a deployment. */
export function executionOf({ execution, run }: StepEvent): string | undefined {
  return execution ?? (typeof run === 'object' ? run.run : run);
}

/** The step and its purpose: a count for the certificate differs from the recount before the deletion. */
export function stepOf({ step = 'deployment', run }: StepEvent): string {
  const { kind, purpose } = (typeof run === 'object' ? run.action : undefined) ?? {};
  return [step, purpose ?? kind].filter((word) => word !== undefined).join(' ');
}

/** The crash of the current invocation, for all of its asynchronous calls. */
const underWay = new AsyncLocalStorage<Crash>();

/**
 * Puts one crash around all calls of an execution. At its point the execution ends with all of its running invocations.
 *
 * The returned function waits until no invocation runs, and removes the crash.
 */
export function stopExecution(
  world: AccountWorld, crash: Crash, isMeant: (event: StepEvent) => boolean = (event) => executionOf(event) !== undefined,
): () => Promise<void> {
  const running = new Set<Promise<unknown>>();
  const undo = intercept(world.interceptors, {
    call: async ({ operation }, proceed) => crashAround(operation, proceed),
    invocation: async (_, event, proceed) => {
      if (!isMeant(event as StepEvent)) return withoutCrash(proceed);
      const invocation = underWay.run(crash, () => runUntilCrash(crash, proceed));
      running.add(invocation);
      return invocation.finally(() => running.delete(invocation));
    },
  });
  return async () => {
    await Promise.allSettled(running);
    undo();
  };
}

/** Of the invocations with one name, the first that reaches the point is stopped. */
export interface InvocationStops {
  readonly point: CrashPoint;
  /** Undefined: the invocation is not stopped. */
  readonly nameOf: (asset: string, event: StepEvent) => string | undefined;
  /** The answer to the invoker of a stopped invocation. */
  readonly answer: (crash: Crash, event: StepEvent, again: () => Promise<unknown>) => unknown;
}

/** Stops invocations, one at a time. Returns the list of the stopped ones, to which later ones are added. */
export function stopInvocations(world: AccountWorld, { point, nameOf, answer }: InvocationStops): readonly string[] {
  const stopped: string[] = [];
  intercept(world.interceptors, {
    call: async ({ operation }, proceed) => crashAround(operation, proceed),
    invocation: async (asset, given, proceed) => {
      const event = given as StepEvent;
      const name = nameOf(asset, event);
      if (name === undefined || stopped.includes(name)) return withoutCrash(proceed);
      const crash = new Crash(point);
      try {
        return await underWay.run(crash, () => runUntilCrash(crash, proceed));
      } catch (error) {
        if (crash.crashed === undefined || stopped.includes(name)) throw error;
        stopped.push(name);
        return answer(crash, event, proceed);
      }
    },
  });
  return stopped;
}

/** An invocation that another one has caused, by a call in this process, is another process in AWS. */
async function withoutCrash<T>(proceed: () => Promise<T>): Promise<T> {
  return underWay.exit(proceed);
}

async function crashAround(operation: string, proceed: () => Promise<unknown>): Promise<unknown> {
  const crash = underWay.getStore();
  return crash === undefined ? proceed() : crash.pass(operation, proceed);
}

/** A stopped invocation fails, however the function handles the failures of its calls. */
async function runUntilCrash(crash: Crash, proceed: () => Promise<unknown>): Promise<unknown> {
  const outcome = await proceed().then((answer) => () => answer, (error: unknown) => () => { throw error; });
  if (crash.crashed !== undefined) throw crash.crashed;
  return outcome();
}

/** The error of Step Functions for a function that ended without an answer. */
export function endedWithoutAnswer(name: 'Sandbox.Timedout' | 'Lambda.Unknown', crash: Crash): Error {
  return Object.assign(new Error(crash.crashed?.reason), { name });
}

/** Adds the point to the message of a failure. */
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
