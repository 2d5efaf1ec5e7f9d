import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../lambda/ports';

/** The part of the local KMS's clock that waiting needs. */
export interface MovableClock {
  now(): Date;
  advance(milliseconds: number): void;
}

/**
 * A clock whose waits pass at once, on the clock of the local KMS: weeks in seconds, and nothing is skipped.
 *
 * Waits that begin together end together, as in the real world: twenty waits of a minute take a minute.
 */
export function virtualSleep(clock: MovableClock): Clock {
  return {
    now: () => clock.now(),
    sleep: async (milliseconds) => {
      const end = clock.now().getTime() + milliseconds;
      // Whoever else runs in this process gets a turn, as they would during a real wait.
      await setImmediate();
      clock.advance(Math.max(0, end - clock.now().getTime()));
      await setImmediate();
    },
  };
}
