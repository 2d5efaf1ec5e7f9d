import type { ExecutionResult, RunningExecution } from '../interpreter/interpreter';

export type ExecutionStatus = 'RUNNING' | ExecutionResult['status'];

/** An execution as AWS remembers it, under way or ended. */
export class LocalExecution {
  private ended?: { readonly result: ExecutionResult; readonly at: Date };
  private broken?: { readonly reason: unknown };
  private readonly end: Promise<void>;

  public constructor(
    public readonly machineArn: string,
    /** The text that it was started with. */
    public readonly input: string,
    private readonly running: RunningExecution,
    private readonly now: () => Date,
  ) {
    this.end = running.result.then((result) => this.noteEnd(result), (reason: unknown) => {
      this.broken = { reason };
      this.noteEnd({ status: 'FAILED', error: 'States.Runtime', cause: String(reason), events: 0 });
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

  /** Undefined while it runs. */
  public get result(): ExecutionResult | undefined {
    return this.ended?.result;
  }

  public async stop(error?: string, cause?: string): Promise<void> {
    this.running.stop(error, cause);
    await this.end;
  }

  /** Waits for its end. Throws only what broke the interpreter or an observer: a failed execution has ended, too. */
  public async untilEnded(): Promise<void> {
    await this.end;
    if (this.broken !== undefined) throw this.broken.reason;
  }

  private noteEnd(result: ExecutionResult): void {
    this.ended = { result, at: this.now() };
  }
}
