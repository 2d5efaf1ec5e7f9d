import { Failure } from '../../../../lambda/runtime/failure';
import { ErrorName } from '../../../../src/contract/error-names';

/**
 * The time that the local KMS believes in: import tokens, expiry of key material and pending windows follow it.
 *
 * Nothing waits for it. What is due by a new time happens when the next call looks.
 */
export class VirtualClock {
  /** A clock that stands still until it is told to move: the same test, the same dates, every time. */
  public static standingAt(date: Date): VirtualClock {
    return new VirtualClock(() => date.getTime());
  }

  /** How far this clock is ahead of the one it is based on. */
  private ahead = 0;

  /** Without arguments it runs with the real time. */
  public constructor(private readonly base: () => number = Date.now) {}

  public now(): Date {
    return new Date(this.base() + this.ahead);
  }

  public advance(milliseconds: number): void {
    if (!(milliseconds >= 0)) {
      throw new Failure(ErrorName.INVALID_REQUEST, {
        where: 'VirtualClock',
        what: 'time only goes forward',
        given: `${milliseconds} ms`,
        allowed: '0 ms or more',
        remedy: 'start another local KMS for a test that needs an earlier time',
      });
    }
    this.ahead += milliseconds;
  }

  public set(date: Date): void {
    this.advance(date.getTime() - this.now().getTime());
  }
}
