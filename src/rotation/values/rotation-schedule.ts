import { type Duration } from 'aws-cdk-lib';
import { FamilyLimits } from './family-limits';
import { secondsProblems, wholeSeconds } from '../../validation/in-range';
import { DURATION } from '../../validation/kinds';
import { requireArguments } from '../../validation/shape';

/**
 * When a rotating key is rotated.
 *
 * The first deployment and a change of the schedule rotate nothing: the next daily reconcile run starts what is due. To
 * rotate at any other time, start the rotation state machine with the input `{}`.
 */
export class RotationSchedule {
  /**
   * Rotates when the current generation reaches an age of at most 2560 days.
   *
   * The period must be longer than a rotation takes: longer than the sum of `dataKeyMaxAge`, `firstRotationWatchPeriod`
   * and four times `propagationDelay`, for which a rotation and the census after it wait. Below 7 days, retirements
   * wait for rotations: if `deletion` is declared, that is a warning.
   *
   * @param period The age at which the current generation is replaced.
   */
  public static every(period: Duration): RotationSchedule {
    requireArguments('RotationSchedule.every', { period }, { period: DURATION });
    return new RotationSchedule(period);
  }

  /** Rotates only if an operator starts the rotation state machine. The reconcile run still retires old generations. */
  public static onRequest(): RotationSchedule {
    return new RotationSchedule();
  }

  private constructor(private readonly period?: Duration) {}

  /**
   * Reports what makes the schedule unusable. Empty if it is usable.
   *
   * @internal
   */
  public _problems(shortestRotation: Duration): string[] {
    if (this.period === undefined) return [];
    const { min, max } = FamilyLimits.ROTATION_PERIOD;
    const longEnough = shortestRotation.toMilliseconds() > min.toMilliseconds() ? shortestRotation : min;
    return secondsProblems('schedule', this.period, { min: longEnough, max },
      'choose a longer period, or lower dataKeyMaxAge, firstRotationWatchPeriod or propagationDelay, or use '
      + 'RotationSchedule.onRequest()');
  }

  /**
   * The period as the reconcile run reads it; `undefined` if an operator starts rotations.
   *
   * @internal
   */
  public _everySeconds(): number | undefined {
    return this.period && wholeSeconds(this.period);
  }
}
