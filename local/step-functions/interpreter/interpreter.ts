import type { Definition } from './parse-definition';
import type { Clock } from '../../../lambda/ports/clock';
import { StateError } from '../errors/state-error';
import { ExecutionStopped, StopSignal } from '../errors/stopping';
import { Execution, executionArn, ExecutionTimedOut, type TaskFunction } from '../execution/execution';
import type { ExecutionObserver } from '../execution/observer';
import { WaitingClock } from '../execution/waiting-clock';

export interface InterpreterOptions {
  readonly machineArn: string;
  /** Returns the function that a Task invokes. */
  readonly functions: (resourceArn: string) => TaskFunction;
  /** The clock for waits, retry delays and timeouts. */
  readonly clock: Clock;
  readonly observers?: readonly ExecutionObserver[];
}

/** The result of an execution, as DescribeExecution returns it. */
export interface ExecutionResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** Events in the history of the execution. Each Map child has its own history. */
  readonly events: number;
}

/** An execution in progress. */
export interface RunningExecution {
  readonly arn: string;
  readonly name: string;
  readonly startedAt: Date;
  /** Rejects only if an observer or the interpreter itself fails. */
  readonly result: Promise<ExecutionResult>;
  /** Does what StopExecution does. A running function continues to its end, and its result is ignored. */
  stop(error?: string, cause?: string): void;
}

/**
 * Runs a definition in this process, as AWS Step Functions would run it.
 *
 * It counts the events of the history approximately as AWS does: two for each state, three more for each invocation of
 * a function, and two more for each Map Run.
 */
export class Interpreter {
  private readonly clock: WaitingClock;

  public constructor(private readonly definition: Definition, private readonly options: InterpreterOptions) {
    this.clock = options.clock instanceof WaitingClock ? options.clock : new WaitingClock(options.clock);
  }

  /** Runs an execution to its end. */
  public async execute(name: string, input: unknown): Promise<ExecutionResult> {
    return this.start(name, input).result;
  }

  public start(name: string, input: unknown): RunningExecution {
    const { machineArn, functions, observers = [] } = this.options;
    const { timeoutSeconds = Infinity } = this.definition;
    const startedAt = this.clock.now();
    const arn = executionArn(machineArn, name);
    const stopSignal = new StopSignal();
    const execution = new Execution({ arn, name, machineArn, input: JSON.parse(JSON.stringify(input)), startedAt }, {
      functions, observers, clock: this.clock, stopSignal, deadline: startedAt.getTime() + timeoutSeconds * 1000,
    });
    return {
      arn,
      name,
      startedAt,
      result: this.resultOf(execution),
      stop: (error, cause) => stopSignal.stop(new ExecutionStopped(error, cause)),
    };
  }

  private async resultOf(execution: Execution): Promise<ExecutionResult> {
    try {
      const output = await execution.run(this.definition);
      return { status: 'SUCCEEDED', output, events: execution.events };
    } catch (ended) {
      return { ...failureOf(ended), events: execution.events };
    }
  }
}

function failureOf(ended: unknown): Omit<ExecutionResult, 'events'> {
  if (ended instanceof ExecutionTimedOut) return { status: 'TIMED_OUT' };
  if (ended instanceof StateError) return { status: 'FAILED', ...errorAndCause(ended.name, ended.message) };
  if (ended instanceof ExecutionStopped) return { status: 'ABORTED', ...errorAndCause(ended.error, ended.reason) };
  throw ended;
}

function errorAndCause(error: string | undefined, cause: string | undefined): { error?: string; cause?: string } {
  return { ...(error && { error }), ...(cause && { cause }) };
}
