import type { Definition } from './parse-definition';
import type { Clock } from '../../../lambda/ports';
import { StateError } from '../errors/state-error';
import { ExecutionStopped, Stopping } from '../errors/stopping';
import { Execution, executionArn, ExecutionTimedOut, type TaskFunction } from '../execution/execution';
import type { ExecutionObserver } from '../execution/observer';
import { WaitingClock } from '../execution/waiting-clock';

export interface InterpreterOptions {
  readonly machineArn: string;
  /** What runs when a Task names a function. */
  readonly functions: (resourceArn: string) => TaskFunction;
  /** Waits, delays before retries and timeouts pass on it. */
  readonly clock: Clock;
  readonly observers?: readonly ExecutionObserver[];
}

/** How an execution ended, as AWS would tell it. */
export interface ExecutionResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** Of the machine's own history; each Map child has one of its own. */
  readonly events: number;
}

/** An execution under way. */
export interface RunningExecution {
  readonly arn: string;
  readonly name: string;
  readonly startedAt: Date;
  /** Rejects only when an observer or the interpreter itself fails. */
  readonly result: Promise<ExecutionResult>;
  /** What `StopExecution` does. A function that is running ends by itself, and nobody hears of it. */
  stop(error?: string, cause?: string): void;
}

/**
 * Runs a definition in this process, as AWS Step Functions would run it.
 *
 * It counts the history as AWS does, approximately: two events for a state that is entered and left, three more for each invocation of a
 * function and two more for each Map run.
 */
export class Interpreter {
  private readonly clock: WaitingClock;

  public constructor(private readonly definition: Definition, private readonly options: InterpreterOptions) {
    this.clock = options.clock instanceof WaitingClock ? options.clock : new WaitingClock(options.clock);
  }

  /** Runs to the end. */
  public async execute(name: string, input: unknown): Promise<ExecutionResult> {
    return this.start(name, input).result;
  }

  public start(name: string, input: unknown): RunningExecution {
    const { machineArn, functions, observers = [] } = this.options;
    const { timeoutSeconds = Infinity } = this.definition;
    const startedAt = this.clock.now();
    const arn = executionArn(machineArn, name);
    const stopping = new Stopping();
    const execution = new Execution({ arn, name, machineArn, input: JSON.parse(JSON.stringify(input)), startedAt }, {
      functions, observers, clock: this.clock, stopping, deadline: startedAt.getTime() + timeoutSeconds * 1000,
    });
    return {
      arn,
      name,
      startedAt,
      result: this.resultOf(execution),
      stop: (error, cause) => stopping.stop(new ExecutionStopped(error, cause)),
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
  if (ended instanceof StateError) return { status: 'FAILED', ...told(ended.name, ended.message) };
  if (ended instanceof ExecutionStopped) return { status: 'ABORTED', ...told(ended.error, ended.reason) };
  throw ended;
}

function told(error: string | undefined, cause: string | undefined): { error?: string; cause?: string } {
  return { ...(error && { error }), ...(cause && { cause }) };
}
