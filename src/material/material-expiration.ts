import { Duration } from 'aws-cdk-lib';
import { MAX_EXPIRATION_DAYS, MIN_EXPIRATION_DAYS } from '../contract/limits';
import { describeProblem } from '../contract/problem';
import type { RequestedExpiration } from '../contract/requests/import-request';
import { secondsProblems } from '../validation/in-range';
import { DATE, DURATION } from '../validation/kinds';
import { requireArguments } from '../validation/shape';

const EXPIRATION_PERIOD = { min: Duration.days(MIN_EXPIRATION_DAYS), max: Duration.days(MAX_EXPIRATION_DAYS) };

/**
 * Expiration of imported key material.
 *
 * **When key material expires, the key is unusable and no ciphertext of it can be decrypted until the same key material
 * is imported again.** KMS deletes expired key material and cannot restore it. Set an expiration only if a process of
 * yours renews the key material before that time.
 */
export class MaterialExpiration {
  /** No expiration: the key material stays until it is deleted explicitly. */
  public static never(): MaterialExpiration {
    return new MaterialExpiration({ kind: 'never' });
  }

  /**
   * Expiration at a fixed time, at most 365 days after the import.
   *
   * The import checks that the time is in the future. Synthesis does not, because it reads no clock.
   *
   * @param instant The time of the expiration, with a precision of seconds.
   */
  public static at(instant: Date): MaterialExpiration {
    requireArguments('MaterialExpiration.at', { instant }, { instant: DATE });
    if (Number.isNaN(instant.getTime())) {
      throw new Error(describeProblem({
        where: 'MaterialExpiration.at',
        what: 'date is not valid',
        remedy: 'pass a date such as new Date(\'2027-03-01T00:00:00Z\')',
      }));
    }
    return new MaterialExpiration({ kind: 'at', at: instant.toISOString() });
  }

  /**
   * Expiration after a period from each import, 1 to 365 days.
   *
   * Every deployment that changes the properties of the import imports again, which restarts the period.
   *
   * @param period The time from the import to the expiration.
   */
  public static after(period: Duration): MaterialExpiration {
    requireArguments('MaterialExpiration.after', { period }, { period: DURATION });
    const problems = secondsProblems('MaterialExpiration.after', period, EXPIRATION_PERIOD,
      'use MaterialExpiration.never() for key material that does not expire');
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return new MaterialExpiration({ kind: 'after', seconds: period.toSeconds() });
  }

  private constructor(private readonly requested: RequestedExpiration) {}

  /**
   * The expiration as the handler reads it.
   *
   * @internal
   */
  public _requested(): RequestedExpiration {
    return this.requested;
  }
}
