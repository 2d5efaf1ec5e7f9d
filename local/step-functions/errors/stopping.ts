/**
 * Stops the whole execution immediately, without Retry and Catch, as StopExecution does.
 *
 * A function or an observer can throw it.
 */
export class ExecutionStopped extends Error {
  public constructor(public readonly error?: string, public readonly reason?: string) {
    super(`execution was stopped${error === undefined ? '' : `: ${error}`}`);
    this.name = 'ExecutionStopped';
  }
}

/** Stops an execution. Work in progress continues without the execution, as a Lambda function does. */
export class StopSignal {
  private readonly stopped: Promise<never>;
  private reason?: ExecutionStopped;
  private reject!: (reason: ExecutionStopped) => void;

  public constructor() {
    this.stopped = new Promise((_, reject) => { this.reject = reject; });
    this.stopped.catch(() => undefined);
  }

  public stop(reason: ExecutionStopped): void {
    this.reason ??= reason;
    this.reject(this.reason);
  }

  /**
   * Waits for `work`, or throws as soon as the execution is stopped. If `work` throws `ExecutionStopped`, the execution
   * is stopped.
   */
  public async unlessStopped<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.reason !== undefined) throw this.reason;
    try {
      return await Promise.race([work(), this.stopped]);
    } catch (error) {
      if (error instanceof ExecutionStopped) this.stop(error);
      throw error;
    }
  }
}
