import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { Clock } from '../../ports/clock';

/** One call in many thousand fails after the retries of the SDK: it is made again, and nothing else is. */
const MAX_ATTEMPTS = 8;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 30_000;

/** Performs a part of the work of an invocation, and performs only this part again while AWS is busy. */
export type Patience = <T>(part: () => Promise<T>) => Promise<T>;

/**
 * Patience until a time, after which an invocation must not wait.
 *
 * Every part can run twice: a record that was written before the failure is found under the current generation. Without
 * it, one failed call would start an invocation with all its records again, and under continuous faults no invocation
 * of a large shard would ever reach its end.
 */
export function patienceUntil(until: Date, clock: Clock): Patience {
  return async (part) => {
    for (let attempt = 1, wait = FIRST_WAIT_MS; ; attempt++, wait = Math.min(2 * wait, MAX_WAIT_MS)) {
      try {
        return await part();
      } catch (error) {
        const isLast = attempt === MAX_ATTEMPTS || clock.now().getTime() + wait > until.getTime();
        if (!Failure.named(error, ErrorName.THROTTLED) || isLast) throw error;
        await clock.sleep(wait);
      }
    }
  };
}
