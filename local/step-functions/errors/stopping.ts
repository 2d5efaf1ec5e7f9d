/**
 * Ends the whole execution at once, as if somebody had stopped the state machine: no Retry, no Catch.
 *
 * A function or an observer may throw it.
 */
export class ExecutionStopped extends Error {
  public constructor(public readonly error?: string, public readonly reason?: string) {
    super(`execution was stopped${error === undefined ? '' : `: ${error}`}`);
    this.name = 'ExecutionStopped';
  }
}

/** Whether an execution goes on. What it waits for when it is stopped runs on without it, as a Lambda function would. */
export class Stopping {
  private readonly stopped: Promise<never>;
  private because?: ExecutionStopped;
  private announce!: (stopped: ExecutionStopped) => void;

  public constructor() {
    this.stopped = new Promise((_, reject) => { this.announce = reject; });
    this.stopped.catch(() => undefined);
  }

  public stop(stopped: ExecutionStopped): void {
    this.because ??= stopped;
    this.announce(this.because);
  }

  /** Does `work` and waits for it, unless the execution is stopped before. Work that throws `ExecutionStopped` stops everything. */
  public async unlessStopped<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.because !== undefined) throw this.because;
    try {
      return await Promise.race([work(), this.stopped]);
    } catch (error) {
      if (error instanceof ExecutionStopped) this.stop(error);
      throw error;
    }
  }
}
