import type { TaskFunction } from './execution/execution';
import type { ExecutionObserver } from './execution/observer';
import { WaitingClock } from './execution/waiting-clock';
import { Interpreter } from './interpreter/interpreter';
import type { Definition } from './interpreter/parse-definition';
import type { LocalExecution } from './service/local-execution';
import { Machines } from './service/machines';
import { StepFunctionsService } from './service/step-functions-service';
import type { Clock } from '../../lambda/ports/clock';
import { EVERYTHING_IS_ALLOWED, type Authorize } from '../iam/authorization';
import { HttpServer } from '../kms/protocol/http-server';

export interface LocalStepFunctionsOptions {
  /** The clock for waits, retry delays and timeouts. */
  readonly clock: Clock;
  /** @default 0, a free port */
  readonly port?: number;
  /** Decides which caller may send which request. @default - every caller may send every request */
  readonly authorize?: Authorize;
}

/**
 * AWS Step Functions emulator. The AWS SDKs start, describe, list and stop executions at its `endpoint`.
 *
 * Executions run in this process, in the background.
 */
export class LocalStepFunctions {
  public static async start(options: LocalStepFunctionsOptions): Promise<LocalStepFunctions> {
    const clock = new WaitingClock(options.clock);
    const machines = new Machines(() => clock.now());
    const service = new StepFunctionsService(machines, options.authorize ?? EVERYTHING_IS_ALLOWED);
    return new LocalStepFunctions(machines, clock, service, await HttpServer.listen(service, options.port ?? 0, '127.0.0.1'));
  }

  private constructor(
    private readonly machines: Machines,
    private readonly clock: WaitingClock,
    /** The service without HTTP, for callers in this process. */
    public readonly service: StepFunctionsService,
    private readonly server: HttpServer,
  ) {}

  /** The endpoint for clients, such as `http://127.0.0.1:4601`. */
  public get endpoint(): string {
    return this.server.endpoint;
  }

  /** All executions, in the order of their start. */
  public get executions(): readonly LocalExecution[] {
    return this.machines.executions;
  }

  /** Creates or updates a state machine. */
  public register(
    machineArn: string,
    definition: Definition,
    functions: (resourceArn: string) => TaskFunction,
    observers: readonly ExecutionObserver[] = [],
  ): void {
    this.machines.define(machineArn, new Interpreter(definition, { machineArn, functions, clock: this.clock, observers }));
  }

  /** Waits until no execution runs. Throws the error of an observer. */
  public async idle(): Promise<void> {
    await this.machines.idle();
  }

  public async stop(): Promise<void> {
    await this.server.close();
  }
}
