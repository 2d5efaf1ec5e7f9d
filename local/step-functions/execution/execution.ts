import { randomUUID } from 'node:crypto';
import type { ExecutionObserver } from './observer';
import type { WaitingClock } from './waiting-clock';
import { asPayload } from '../definition/payload-limit';
import type { ContextObject } from '../definition/payload-template';
import { runtimeError, StateError, TIMEOUT } from '../errors/state-error';
import type { StopSignal } from '../errors/stopping';
import { ChildAbandoned, type ChildRun, type Invocation, type State, type StateGraph, type StateRun } from '../states/state';

/** The execution and the state that invoke a function. */
export interface TaskContext {
  readonly executionArn: string;
  readonly stateName: string;
}

/**
 * A function as a Task invokes it. The name and the message of what it throws are the name and the cause of the error.
 */
export type TaskFunction = (payload: unknown, context: TaskContext) => Promise<unknown>;

/** What an execution and the executions of its Map children share. */
export interface ExecutionRuntime {
  readonly functions: (resourceArn: string) => TaskFunction;
  readonly clock: WaitingClock;
  readonly observers: readonly ExecutionObserver[];
  readonly stopSignal: StopSignal;
  /** When the whole execution times out, in milliseconds since the epoch. */
  readonly deadline: number;
}

/** The identity of an execution. */
export interface ExecutionIdentity {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly input: unknown;
  readonly startedAt: Date;
}

/** The whole execution has timed out. No Catch applies. */
export class ExecutionTimedOut extends Error {}

/** A history has at most 25,000 events, and the last is ExecutionSucceeded. */
const MAX_EVENTS = 24_999;
/**
 * Scheduled, started, and succeeded or failed. Together with TaskStateEntered and TaskStateExited, a Lambda
 * task has five.
 */
const EVENTS_PER_INVOCATION = 3;

/** One execution, of a state machine or of an item of a Map. */
export class Execution {
  /** The first event is ExecutionStarted. */
  private eventCount = 1;

  public constructor(
    private readonly identity: ExecutionIdentity,
    private readonly runtime: ExecutionRuntime,
    private readonly abandoned: () => boolean = () => false,
  ) {}

  public get events(): number {
    return this.eventCount;
  }

  /** Runs to the end and returns the output. Throws a `StateError` if the execution fails. */
  public async run(graph: StateGraph): Promise<unknown> {
    let data = this.identity.input;
    let state = stateOf(graph, graph.startAt);
    for (;;) {
      const { output, next } = await this.perform(state, data);
      data = asPayload(output, `The output of state '${state.name}'`);
      this.countEvents(1);
      if (next === undefined) break;
      for (const observer of this.runtime.observers) observer.transitionTaken?.(next);
      state = stateOf(graph, next.to);
    }
    this.eventCount += 1;
    return data;
  }

  private async perform(state: State, input: unknown) {
    const enteredAt = this.runtime.clock.now();
    this.requireRunning();
    this.countEvents(1);
    for (const observer of this.runtime.observers) {
      await this.runtime.stopSignal.unlessStopped(() => observer.stateEntered?.(state.name, input));
    }
    return state.perform(input, this.runOf(state, enteredAt));
  }

  private runOf(state: State, enteredAt: Date): StateRun {
    return {
      context: this.contextAt(enteredAt),
      sleep: async (milliseconds) => this.sleep(milliseconds),
      invoke: async (invocation) => this.invoke(state.name, invocation),
      runChild: async (child) => this.runChild(child),
      retried: (transition) => this.runtime.observers.forEach((observer) => observer.transitionTaken?.(transition)),
      countEvents: (events) => this.countEvents(events),
    };
  }

  private contextAt(enteredAt: Date): ContextObject {
    const { arn, input, name, startedAt, machineArn } = this.identity;
    return {
      Execution: { Id: arn, Input: input, Name: name, StartTime: startedAt.toISOString() },
      StateMachine: { Id: machineArn },
      State: { EnteredTime: enteredAt.toISOString() },
    };
  }

  private async invoke(stateName: string, { resource, payload, timeoutSeconds }: Invocation): Promise<unknown> {
    this.requireRunning();
    const { clock, functions, stopSignal } = this.runtime;
    const given = asPayload(payload, `The input of '${stateName}'`);
    this.countEvents(EVENTS_PER_INVOCATION);
    const stopwatch = clock.stopwatch();
    let answer: unknown;
    let failure: StateError | undefined;
    await stopSignal.unlessStopped(async () => {
      try {
        answer = await functions(resource)(given, { executionArn: this.identity.arn, stateName });
      } catch (thrown) {
        failure = StateError.from(thrown);
      }
    });
    if (timeoutSeconds !== undefined && stopwatch.exceeded(timeoutSeconds)) {
      throw new StateError(TIMEOUT, `'${stateName}' took more than ${timeoutSeconds} s`);
    }
    if (failure !== undefined) throw failure;
    return asPayload(answer, `The result of '${stateName}'`);
  }

  private async runChild({ graph, label, input, abandoned }: ChildRun): Promise<unknown> {
    const name = randomUUID();
    const machineArn = `${this.identity.machineArn}/${label}`;
    const startedAt = this.runtime.clock.now();
    const child = new Execution({ arn: executionArn(machineArn, name), name, machineArn, input, startedAt }, this.runtime, abandoned);
    return child.run(graph);
  }

  private async sleep(milliseconds: number): Promise<void> {
    this.requireRunning();
    const { clock, deadline, stopSignal } = this.runtime;
    await stopSignal.unlessStopped(async () => clock.sleep(Math.min(milliseconds, deadline - clock.now().getTime())));
    this.requireRunning();
  }

  private requireRunning(): void {
    if (this.abandoned()) throw new ChildAbandoned();
    if (this.runtime.clock.now().getTime() >= this.runtime.deadline) throw new ExecutionTimedOut();
  }

  private countEvents(events: number): void {
    this.eventCount += events;
    if (this.eventCount > MAX_EVENTS) {
      throw runtimeError(`The execution reached the maximum number of history events (${MAX_EVENTS + 1}).`);
    }
  }
}

/** The state machine `arn:...:stateMachine:Name` has executions `arn:...:execution:Name:name`. */
export function executionArn(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

function stateOf({ states }: StateGraph, name: string): State {
  const state = states.get(name);
  if (state === undefined) throw new Error(`state ${name} is not in the parsed definition`);
  return state;
}
