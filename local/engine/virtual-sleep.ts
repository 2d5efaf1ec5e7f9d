import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../lambda/ports';

/** The part of the local KMS's clock that waiting needs. */
export interface MovableClock {
  now(): Date;
  advance(milliseconds: number): void;
}

/** A clock whose waits pass at once, on the clock of the local KMS: weeks in seconds, and nothing is skipped. */
export function virtualSleep(clock: MovableClock): Clock {
  return {
    now: () => clock.now(),
    sleep: async (milliseconds) => {
      clock.advance(milliseconds);
      // Whoever else runs in this process gets a turn, as they would during a real wait.
      await setImmediate();
    },
  };
}
