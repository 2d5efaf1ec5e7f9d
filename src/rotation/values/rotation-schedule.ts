import { type Duration } from 'aws-cdk-lib';
import { FamilyLimits } from './family-limits';
import { periodProblems } from '../../validation/in-range';

/**
 * When a rotating key is rotated.
 *
 * Whatever it says, the first deployment rotates nothing, and neither does a schedule that has been changed: what is due is found out at
 * the next daily tick. `{}` as input of the rotation state machine rotates at any time.
 */
export class RotationSchedule {
  /**
   * As soon as the current generation is so old, from 1 to 2560 days.
   *
   * A rotation waits for writers to forget their data keys and for changes to settle, so it takes longer than `dataKeyMaxAge`,
   * `firstRotationWatchPeriod` and four times `propagationDelay` together: the period has to be longer than that.
   *
   * @param period The age at which the current generation is replaced.
   */
  public static every(period: Duration): RotationSchedule {
    return new RotationSchedule(period);
  }

  /** Only when somebody starts the rotation state machine. The tick goes on retiring old generations. */
  public static onRequest(): RotationSchedule {
    return new RotationSchedule();
  }

  private constructor(private readonly period?: Duration) {}

  /**
   * Why this cannot be; empty when it can.
   *
   * @internal
   */
  public _problems(shortestRotation: Duration): string[] {
    if (this.period === undefined) return [];
    const { min, max } = FamilyLimits.ROTATION_PERIOD;
    const longEnough = shortestRotation.toMilliseconds() > min.toMilliseconds() ? shortestRotation : min;
    return periodProblems('schedule', this.period, { min: longEnough, max }, 'choose a period in which a rotation can end, or RotationSchedule.onRequest()');
  }

  /**
   * As the tick reads it; `undefined` when rotations are started by hand.
   *
   * @internal
   */
  public _everySeconds(): number | undefined {
    return this.period?.toSeconds();
  }
}
