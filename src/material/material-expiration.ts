import { Duration } from 'aws-cdk-lib';
import { MAX_EXPIRATION_DAYS, MIN_EXPIRATION_DAYS } from '../contract/limits';
import { describeProblem } from '../contract/problem';
import type { RequestedExpiration } from '../contract/requests/import-request';

const DAY = 24 * 60 * 60;

/**
 * When AWS KMS forgets imported key material.
 *
 * From that moment the whole key is out of service, and nothing under it can be read, until the *same* bytes are imported again. KMS
 * cannot bring them back by itself. Set an expiry only if something of yours renews the material in time.
 */
export class MaterialExpiration {
  /** Never: the material stays until somebody deletes it. */
  public static never(): MaterialExpiration {
    return new MaterialExpiration({ kind: 'never' });
  }

  /**
   * At a fixed instant, at most 365 days after the import.
   *
   * Whether it still lies ahead is checked when the material is imported: synthesis reads no clock.
   *
   * @param instant When the material expires, to the second.
   */
  public static at(instant: Date): MaterialExpiration {
    if (Number.isNaN(instant.getTime())) {
      throw new Error(describeProblem({ where: 'MaterialExpiration.at', what: 'date is not valid', remedy: 'give a date such as new Date(\'2027-03-01T00:00:00Z\')' }));
    }
    return new MaterialExpiration({ kind: 'at', at: instant.toISOString() });
  }

  /**
   * So long after each import, from 1 to 365 days.
   *
   * Every deployment that changes the material resource imports again, and so begins the time anew.
   *
   * @param period From the import to the expiry.
   */
  public static after(period: Duration): MaterialExpiration {
    const seconds = period.toSeconds();
    if (seconds < MIN_EXPIRATION_DAYS * DAY || seconds > MAX_EXPIRATION_DAYS * DAY) {
      throw new Error(describeProblem({
        where: 'MaterialExpiration.after',
        what: 'period is out of range',
        given: period.toHumanString(),
        allowed: `${MIN_EXPIRATION_DAYS} to ${MAX_EXPIRATION_DAYS} days`,
        remedy: 'use MaterialExpiration.never() for material that is to stay',
      }));
    }
    return new MaterialExpiration({ kind: 'after', seconds });
  }

  private constructor(private readonly requested: RequestedExpiration) {}

  /**
   * As the handler reads it.
   *
   * @internal
   */
  public _requested(): RequestedExpiration {
    return this.requested;
  }
}
