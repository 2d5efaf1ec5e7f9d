import type { ExecutionResult, RunningExecution } from '../interpreter/interpreter';

export type ExecutionStatus = 'RUNNING' | ExecutionResult['status'];

/** An execution, in progress or ended. */
export class LocalExecution {
  private ended?: { readonly result: ExecutionResult; readonly at: Date };
  private crash?: { readonly reason: unknown };
  private readonly end: Promise<void>;

  public constructor(
    public readonly machineArn: string,
    /** The input of StartExecution, as text. */
    public readonly input: string,
    private readonly running: RunningExecution,
    private readonly now: () => Date,
  ) {
    this.end = running.result.then((result) => this.recordEnd(result), (reason: unknown) => {
      this.crash = { reason };
      this.recordEnd({ status: 'FAILED', error: 'States.Runtime', cause: String(reason), events: 0 });
    });
  }

  public get arn(): string {
    return this.running.arn;
  }

  public get name(): string {
    return this.running.name;
  }

  public get startedAt(): Date {
    return this.running.startedAt;
  }

  public get status(): ExecutionStatus {
    return this.ended?.result.status ?? 'RUNNING';
  }

  public get endedAt(): Date | undefined {
    return this.ended?.at;
  }

  /** Undefined while the execution runs. */
  public get result(): ExecutionResult | undefined {
    return this.ended?.result;
  }

  public async stop(error?: string, cause?: string): Promise<void> {
    this.running.stop(error, cause);
    await this.end;
  }

  /**
   * Waits for the end. A failed execution has ended, too: this throws only if the interpreter or an observer failed.
   */
  public async untilEnded(): Promise<void> {
    await this.end;
    if (this.crash !== undefined) throw this.crash.reason;
  }

  private recordEnd(result: ExecutionResult): void {
    this.ended = { result, at: this.now() };
  }
}
