/**
 * The execution environment of a function. AWS Lambda freezes it when no invocation is running: work that a handler has
 * left behind continues in the next invocation, possibly hours later.
 *
 * Only effects are frozen: the calls of a function to AWS, before they are sent and after they were answered.
 */
export class ExecutionEnvironment {
  private invocations = 0;
  private thawed: Promise<void>;

  public constructor() {
    this.thawed = this.frozen();
  }

  private thaw: () => void = () => undefined;

  /** Runs an invocation. Work of earlier invocations continues during it. */
  public async invoke<T>(invocation: () => Promise<T>): Promise<T> {
    this.invocations += 1;
    this.thaw();
    try {
      return await invocation();
    } finally {
      this.invocations -= 1;
      if (this.invocations === 0) this.thawed = this.frozen();
    }
  }

  /** Performs a call to AWS when the environment is not frozen, and returns its answer when it is not frozen. */
  public async call<T>(effect: () => Promise<T>): Promise<T> {
    await this.untilThawed();
    try {
      return await effect();
    } finally {
      await this.untilThawed();
    }
  }

  private async untilThawed(): Promise<void> {
    while (this.invocations === 0) await this.thawed;
  }

  private async frozen(): Promise<void> {
    return new Promise((resolve) => { this.thaw = resolve; });
  }
}
