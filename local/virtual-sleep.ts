import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../lambda/ports/clock';

/** A clock that can be moved forward, such as the clock of the local KMS. */
export interface MovableClock {
  now(): Date;
  advance(milliseconds: number): void;
}

/**
 * A clock that moves forward instead of waiting, so that weeks pass in seconds.
 *
 * Waits that begin together end together, as with real time: twenty simultaneous waits of a minute take a minute.
 */
export function virtualSleep(clock: MovableClock): Clock {
  return {
    now: () => clock.now(),
    sleep: async (milliseconds) => {
      const end = clock.now().getTime() + milliseconds;
      // Other work in this process gets a turn, as it does during a real wait.
      await setImmediate();
      clock.advance(Math.max(0, end - clock.now().getTime()));
      await setImmediate();
    },
  };
}
