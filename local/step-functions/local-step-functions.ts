import type { TaskFunction } from './execution/execution';
import type { ExecutionObserver } from './execution/observer';
import { WaitingClock } from './execution/waiting-clock';
import { Interpreter } from './interpreter/interpreter';
import type { Definition } from './interpreter/parse-definition';
import type { LocalExecution } from './service/local-execution';
import { Machines } from './service/machines';
import { StepFunctionsService } from './service/step-functions-service';
import type { Clock } from '../../lambda/ports';
import { HttpServer } from '../kms/protocol/http-server';

export interface LocalStepFunctionsOptions {
  /** Waits, delays before retries and timeouts pass on it. */
  readonly clock: Clock;
  /** @default 0, any port that is free */
  readonly port?: number;
}

/**
 * A Step Functions that runs on a laptop: the unmodified AWS SDKs start, describe, list and stop executions at its `endpoint`.
 *
 * Executions run in this process, in the background.
 */
export class LocalStepFunctions {
  public static async start(options: LocalStepFunctionsOptions): Promise<LocalStepFunctions> {
    const clock = new WaitingClock(options.clock);
    const machines = new Machines(() => clock.now());
    return new LocalStepFunctions(machines, clock, await HttpServer.listen(new StepFunctionsService(machines), options.port ?? 0, '127.0.0.1'));
  }

  private constructor(private readonly machines: Machines, private readonly clock: WaitingClock, private readonly server: HttpServer) {}

  /** Where it listens, as in `http://127.0.0.1:4601`. */
  public get endpoint(): string {
    return this.server.endpoint;
  }

  /** Every execution that there was, in the order in which they began. */
  public get executions(): readonly LocalExecution[] {
    return this.machines.executions;
  }

  /** Creates a state machine, or gives it another definition. */
  public register(
    machineArn: string, definition: Definition, functions: (resourceArn: string) => TaskFunction, observers: readonly ExecutionObserver[] = [],
  ): void {
    this.machines.define(machineArn, new Interpreter(definition, { machineArn, functions, clock: this.clock, observers }));
  }

  /** Waits until no execution runs. Throws what an observer threw. */
  public async idle(): Promise<void> {
    await this.machines.idle();
  }

  public async stop(): Promise<void> {
    await this.server.close();
  }
}
