import { ErrorName } from '../../../../src/contract/error-names';
import { Failure } from '../../../../src/contract/failure';

/**
 * The time of the local KMS: import tokens, expiry of key material and pending windows follow it.
 *
 * No timer waits for it. What is due at a new time happens at the next call.
 */
export class VirtualClock {
  /** A clock that does not move by itself: the same test has the same dates every time. */
  public static frozenAt(date: Date): VirtualClock {
    return new VirtualClock(() => date.getTime());
  }

  /** How far this clock is ahead of its base. */
  private ahead = 0;

  /** Without arguments it follows the real time. */
  public constructor(private readonly base: () => number = Date.now) {}

  public now(): Date {
    return new Date(this.base() + this.ahead);
  }

  public advance(milliseconds: number): void {
    if (!(milliseconds >= 0)) {
      throw new Failure(ErrorName.INVALID_REQUEST, {
        where: 'VirtualClock',
        what: 'the clock cannot go back',
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
