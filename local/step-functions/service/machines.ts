import { randomUUID } from 'node:crypto';
import { executionAlreadyExists, executionDoesNotExist, invalidExecutionInput, invalidName, machineDoesNotExist } from './errors';
import { LocalExecution } from './local-execution';
import { executionArn } from '../execution/execution';
import { Interpreter } from '../interpreter/interpreter';

/** What AWS accepts as the name of an execution. */
const NAME = /^[\w.+!@=-]{1,80}$/;

/** The state machines of the endpoint, and every execution that there was. */
export class Machines {
  /** In the order in which they began. */
  public readonly executions: LocalExecution[] = [];
  private readonly interpreters = new Map<string, Interpreter>();

  public constructor(private readonly now: () => Date) {}

  /** Executions under way go on with the definition that they began with. */
  public define(machineArn: string, interpreter: Interpreter): void {
    this.interpreters.set(machineArn, interpreter);
  }

  /** The same name with the same input starts once for as long as it runs; afterwards the name is used up. */
  public start(machineArn: string, name: string = randomUUID(), input: string = '{}'): LocalExecution {
    const interpreter = this.interpreterOf(machineArn);
    if (!NAME.test(name)) throw invalidName(name);
    const arn = executionArn(machineArn, name);
    const before = this.executions.find((execution) => execution.arn === arn);
    if (before !== undefined) {
      if (before.status === 'RUNNING' && before.input === input) return before;
      throw executionAlreadyExists(arn);
    }
    const execution = new LocalExecution(machineArn, input, interpreter.start(name, parse(input)), this.now);
    this.executions.push(execution);
    return execution;
  }

  public find(arn: string): LocalExecution {
    const found = this.executions.find((execution) => execution.arn === arn);
    if (found === undefined) throw executionDoesNotExist(arn);
    return found;
  }

  /** Newest first. */
  public executionsOf(machineArn: string): LocalExecution[] {
    this.interpreterOf(machineArn);
    return this.executions.filter((execution) => execution.machineArn === machineArn).reverse();
  }

  /** Waits until no execution runs, those included that others start meanwhile. */
  public async idle(): Promise<void> {
    for (const execution of this.executions) await execution.untilEnded();
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
