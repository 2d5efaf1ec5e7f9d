import { randomUUID } from 'node:crypto';
import { executionAlreadyExists, executionDoesNotExist, invalidExecutionInput, invalidName, machineDoesNotExist } from './errors';
import { LocalExecution } from './local-execution';
import { executionArn } from '../execution/execution';
import { Interpreter } from '../interpreter/interpreter';

/** An execution is deleted, and its name can be used again, this long after its end. */
const RETENTION_MILLISECONDS = 90 * 24 * 3_600_000;

/** The names that AWS allows for an execution. */
const NAME = /^[\w.+!@=-]{1,80}$/;

/** The state machines and all their executions. */
export class Machines {
  /** In the order of their start. */
  public readonly executions: LocalExecution[] = [];
  private readonly interpreters = new Map<string, Interpreter>();
  /** All executions before this index have ended. */
  private ended = 0;

  public constructor(private readonly now: () => Date) {}

  /** Creates or updates a state machine. Executions in progress keep the definition with which they began. */
  public define(machineArn: string, interpreter: Interpreter): void {
    this.interpreters.set(machineArn, interpreter);
  }

  /**
   * While an execution runs, a repeated start with its name and input returns it. For 90 days after its end its name
   * cannot be used again.
   */
  public start(machineArn: string, name: string = randomUUID(), input: string = '{}'): LocalExecution {
    const interpreter = this.interpreterOf(machineArn);
    if (!NAME.test(name)) throw invalidName(name);
    const arn = executionArn(machineArn, name);
    const existing = this.retained.find((execution) => execution.arn === arn);
    if (existing !== undefined) {
      if (existing.status === 'RUNNING' && existing.input === input) return existing;
      throw executionAlreadyExists(arn);
    }
    const execution = new LocalExecution(machineArn, input, interpreter.start(name, parse(input)), this.now);
    this.executions.push(execution);
    return execution;
  }

  public find(arn: string): LocalExecution {
    const found = this.retained.find((execution) => execution.arn === arn);
    if (found === undefined) throw executionDoesNotExist(arn);
    return found;
  }

  /** Newest first. */
  public executionsOf(machineArn: string): LocalExecution[] {
    this.interpreterOf(machineArn);
    return this.retained.filter((execution) => execution.machineArn === machineArn).reverse();
  }

  /** Waits until no execution runs, also not those that other executions start. */
  public async idle(): Promise<void> {
    for (let index = this.ended; index < this.executions.length; index++) {
      await this.executions[index]?.untilEnded();
      this.ended = Math.max(this.ended, index + 1);
    }
  }

  private get retained(): LocalExecution[] {
    const deletedUntil = this.now().getTime() - RETENTION_MILLISECONDS;
    return this.executions.filter(({ endedAt }) => endedAt === undefined || endedAt.getTime() > deletedUntil);
  }

  private interpreterOf(machineArn: string): Interpreter {
    const found = this.interpreters.get(machineArn);
    if (found === undefined) throw machineDoesNotExist(machineArn);
    return found;
  }
}

function parse(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch (error) {
    throw invalidExecutionInput((error as Error).message);
  }
}
