import type { Clock } from '../../../lambda/ports';

/** Tells whether a function took longer than it may. */
export interface Stopwatch {
  exceeded(seconds: number): boolean;
}

/**
 * The clock on which executions wait.
 *
 * On a virtual clock the wait of one execution makes time jump for everybody, so a function that ran meanwhile is not blamed: it is
 * timed only when nobody else waited.
 */
export class WaitingClock implements Clock {
  private waits = 0;
  private underWay = 0;

  public constructor(private readonly clock: Clock) {}

  public now(): Date {
    return this.clock.now();
  }

  public async sleep(milliseconds: number): Promise<void> {
    this.waits += 1;
    this.underWay += 1;
    try {
      await this.clock.sleep(milliseconds);
    } finally {
      this.underWay -= 1;
    }
  }

  public stopwatch(): Stopwatch {
    const [startedAt, waits, underWay] = [this.now().getTime(), this.waits, this.underWay];
    return {
      exceeded: (seconds) => underWay === 0 && waits === this.waits && this.now().getTime() - startedAt > seconds * 1000,
    };
  }
}
