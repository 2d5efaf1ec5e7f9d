import { VirtualClock } from '../../../local/kms/model/time/clock';
import type { TaskFunction } from '../../../local/step-functions/execution/execution';
import type { ExecutionObserver } from '../../../local/step-functions/execution/observer';
import { Interpreter, type ExecutionResult } from '../../../local/step-functions/interpreter/interpreter';
import { parseDefinition } from '../../../local/step-functions/interpreter/parse-definition';
import { virtualSleep } from '../../../local/virtual-sleep';

export const MACHINE = 'arn:aws:states:eu-central-1:111122223333:stateMachine:Rotation';
export const THE_BEGINNING = new Date('2026-01-01T00:00:00.000Z');

/** Returns the ARN of a function. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:eu-central-1:111122223333:function:${name}`;
}

export interface Functions {
  readonly [name: string]: TaskFunction;
}

/** Finds functions by the last part of their ARN. */
export function byName(functions: Functions) {
  return (arn: string): TaskFunction => {
    const found = functions[arn.split(':').at(-1) ?? ''];
    if (found === undefined) throw new Error(`no function ${arn}`);
    return found;
  };
}

export interface Bench {
  readonly clock: VirtualClock;
  readonly interpreter: Interpreter;
  /** Returns the seconds since the start of the clock. */
  passed(): number;
}

/** Creates an interpreter on a virtual clock that moves only when an execution waits. */
export function aBench(definition: object, functions: Functions = {}, observers: readonly ExecutionObserver[] = []): Bench {
  const clock = VirtualClock.frozenAt(THE_BEGINNING);
  const interpreter = new Interpreter(parseDefinition(definition), {
    machineArn: MACHINE, functions: byName(functions), clock: virtualSleep(clock), observers,
  });
  return { clock, interpreter, passed: () => (clock.now().getTime() - THE_BEGINNING.getTime()) / 1000 };
}

/** Returns a definition with these states, which starts at the first. */
export function machine(states: { readonly [name: string]: object }): object {
  return { StartAt: Object.keys(states)[0], States: states };
}

export async function run(definition: object, input: unknown, functions: Functions = {}): Promise<ExecutionResult> {
  return aBench(definition, functions).interpreter.execute('run', input);
}

/** Returns the output of a state machine with this one state. */
export async function outputOf(state: object, input: unknown, functions: Functions = {}): Promise<unknown> {
  return (await run(machine({ Only: { ...state, End: true } }), input, functions)).output;
}

/** Returns a Map over the items of the input. */
export function mapOver(states: { readonly [name: string]: object }, fields: object = {}): object {
  return {
    Type: 'Map',
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...machine(states) },
    ...fields,
  };
}

/** Returns an error with this name. */
export function failure(name: string, message = 'because'): Error {
  return Object.assign(new Error(message), { name });
}
