import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/** Refuses a value that is not a duration. It may come from JSON of any caller. */
export function requireDuration(where: string, milliseconds: unknown): void {
  if (typeof milliseconds === 'number' && milliseconds >= 0 && milliseconds < Infinity) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where,
    what: 'is not a duration',
    given: typeof milliseconds === 'number' ? `${milliseconds} ms` : JSON.stringify(milliseconds),
    allowed: '0 ms or more',
    remedy: 'give a number of milliseconds, on the virtual clock',
  });
}
