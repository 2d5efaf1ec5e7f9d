import { randomUUID } from 'node:crypto';
import type { ExecutionObserver } from './observer';
import type { WaitingClock } from './waiting-clock';
import { asPayload } from '../definition/payload-limit';
import type { ContextObject } from '../definition/payload-template';
import { runtimeError, StateError, TIMEOUT } from '../errors/state-error';
import type { Stopping } from '../errors/stopping';
import { ChildAbandoned, type ChildRun, type Invocation, type State, type StateGraph, type StateRun } from '../states/state';

/** For which execution, and in which of its states, a function is invoked. */
export interface TaskContext {
  readonly executionArn: string;
  readonly stateName: string;
}

/** A function as a Task invokes it. The name of what it throws is the name of the error, the message its cause. */
export type TaskFunction = (payload: unknown, context: TaskContext) => Promise<unknown>;

/** What an execution shares with the executions of its Map children. */
export interface Surroundings {
  readonly functions: (resourceArn: string) => TaskFunction;
  readonly clock: WaitingClock;
  readonly observers: readonly ExecutionObserver[];
  readonly stopping: Stopping;
  /** When the time of the whole execution is over, in epoch milliseconds. */
  readonly deadline: number;
}

/** Which execution it is. */
export interface ExecutionIdentity {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly input: unknown;
  readonly startedAt: Date;
}

/** The time of the whole execution is over. Nothing catches it. */
export class ExecutionTimedOut extends Error {}

/** Of 25,000 events AWS keeps the last for the good end. */
const MOST_EVENTS = 24_999;
/** Scheduled, started, and succeeded or failed. With TaskStateEntered and TaskStateExited a Lambda task has five. */
const EVENTS_PER_INVOCATION = 3;

/** One execution, of a machine or of an item of a Map: goes from state to state. */
export class Execution {
  /** ExecutionStarted. */
  private eventCount = 1;

  public constructor(
    private readonly identity: ExecutionIdentity,
    private readonly surroundings: Surroundings,
    private readonly abandoned: () => boolean = () => false,
  ) {}

  public get events(): number {
    return this.eventCount;
  }

  /** Its output. Throws a `StateError` when it fails. */
  public async run(graph: StateGraph): Promise<unknown> {
    let data = this.identity.input;
    let state = stateOf(graph, graph.startAt);
    for (;;) {
      const { output, next } = await this.perform(state, data);
      data = asPayload(output, `The output of state '${state.name}'`);
      this.countEvents(1);
      if (next === undefined) break;
      for (const observer of this.surroundings.observers) observer.transitionCrossed?.(next);
      state = stateOf(graph, next.to);
    }
    this.eventCount += 1;
    return data;
  }

  private async perform(state: State, input: unknown) {
    const enteredAt = this.surroundings.clock.now();
    this.goOn();
    this.countEvents(1);
    for (const observer of this.surroundings.observers) {
      await this.surroundings.stopping.unlessStopped(() => observer.stateEntered?.(state.name, input));
    }
    return state.perform(input, this.runOf(state, enteredAt));
  }

  private runOf(state: State, enteredAt: Date): StateRun {
    return {
      context: this.contextAt(enteredAt),
      sleep: async (milliseconds) => this.sleep(milliseconds),
      invoke: async (invocation) => this.invoke(state.name, invocation),
      runChild: async (child) => this.runChild(child),
      retried: (transition) => this.surroundings.observers.forEach((observer) => observer.transitionCrossed?.(transition)),
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
    this.goOn();
    const { clock, functions, stopping } = this.surroundings;
    const given = asPayload(payload, `The input of '${stateName}'`);
    this.countEvents(EVENTS_PER_INVOCATION);
    const stopwatch = clock.stopwatch();
    let answer: unknown;
    let failure: StateError | undefined;
    await stopping.unlessStopped(async () => {
      try {
        answer = await functions(resource)(given, { executionArn: this.identity.arn, stateName });
      } catch (thrown) {
        failure = StateError.from(thrown);
      }
    });
    if (timeoutSeconds !== undefined && stopwatch.exceeded(timeoutSeconds)) throw new StateError(TIMEOUT, `'${stateName}' took more than ${timeoutSeconds} s`);
    if (failure !== undefined) throw failure;
    return asPayload(answer, `The result of '${stateName}'`);
  }

  private async runChild({ graph, label, input, abandoned }: ChildRun): Promise<unknown> {
    const name = randomUUID();
    const machineArn = `${this.identity.machineArn}/${label}`;
    const startedAt = this.surroundings.clock.now();
    const child = new Execution({ arn: executionArn(machineArn, name), name, machineArn, input, startedAt }, this.surroundings, abandoned);
    return child.run(graph);
  }

  private async sleep(milliseconds: number): Promise<void> {
    this.goOn();
    const { clock, deadline, stopping } = this.surroundings;
    await stopping.unlessStopped(async () => clock.sleep(Math.min(milliseconds, deadline - clock.now().getTime())));
    this.goOn();
  }

  private goOn(): void {
    if (this.abandoned()) throw new ChildAbandoned();
    if (this.surroundings.clock.now().getTime() >= this.surroundings.deadline) throw new ExecutionTimedOut();
  }

  private countEvents(events: number): void {
    this.eventCount += events;
    if (this.eventCount > MOST_EVENTS) throw runtimeError(`The execution reached the maximum number of history events (${MOST_EVENTS + 1}).`);
  }
}

/** `arn:...:stateMachine:Name` begins executions `arn:...:execution:Name:name`. */
export function executionArn(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

function stateOf({ states }: StateGraph, name: string): State {
  const state = states.get(name);
  if (state === undefined) throw new Error(`state ${name} is not in the definition that was parsed`);
  return state;
}
