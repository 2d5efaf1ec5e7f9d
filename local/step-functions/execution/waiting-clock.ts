import type { Clock } from '../../../lambda/ports/clock';

/** Measures the duration of a function. */
export interface Stopwatch {
  exceeded(seconds: number): boolean;
}

/**
 * The clock on which executions wait.
 *
 * On a virtual clock, the wait of one execution moves the time of every other. A function that runs at the same time
 * would seem slow, so its duration counts only if no execution waited during it.
 */
export class WaitingClock implements Clock {
  private waits = 0;
  private waiting = 0;

  public constructor(private readonly clock: Clock) {}

  public now(): Date {
    return this.clock.now();
  }

  public async sleep(milliseconds: number): Promise<void> {
    this.waits += 1;
    this.waiting += 1;
    try {
      await this.clock.sleep(milliseconds);
    } finally {
      this.waiting -= 1;
    }
  }

  public stopwatch(): Stopwatch {
    const [startedAt, waits, waiting] = [this.now().getTime(), this.waits, this.waiting];
    return {
      exceeded: (seconds) => waiting === 0 && waits === this.waits && this.now().getTime() - startedAt > seconds * 1000,
    };
  }
}
