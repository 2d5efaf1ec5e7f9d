import { Duration } from 'aws-cdk-lib';
import { FamilyLimits } from './family-limits';
import type { DeletionDescription } from '../../contract/family/family-description';
import { describeProblem } from '../../contract/problem';
import { POINT_IN_TIME_RECOVERY_DAYS } from '../../contract/stores/store-limits';
import { daysProblems, wholeDays } from '../../validation/in-range';
import { DURATION, oneOf } from '../../validation/kinds';
import { optional, requireShape, type Shape } from '../../validation/shape';

/** What happens if a principal calls an old generation that is disabled before its deletion. */
export enum OnUse {
  /**
   * The generation is enabled again, and its retirement starts over: re-encryption, census, certificate, observation.
   * This costs only time.
   */
  START_OVER = 'start-over',
  /**
   * The generation stays disabled, its deletion is postponed, and an error is logged. Choose it if the call is supposed
   * to fail.
   */
  HOLD = 'hold',
}

/** How long each step before the deletion of an old generation takes. */
export interface DeletionAfterProofOptions {
  /**
   * How long an old generation must be unused while it is still enabled, before it is disabled. From 1 to 365 days.
   *
   * A call in this time reveals data keys outside the declared stores, while they can still be decrypted.
   *
   * @default Duration.days(7)
   */
  readonly observationPeriod?: Duration;

  /**
   * How long an old generation must be disabled without a failed call, before its deletion can be scheduled. From 1 to
   * 365 days.
   *
   * Choose it longer than the interval of your rarest job: a monthly report decrypts once a month.
   *
   * @default Duration.days(14)
   */
  readonly soakPeriod?: Duration;

  /**
   * How long backups, point-in-time recovery, exports and copies of the stores can be restored. From 0 to 3650 days.
   *
   * They contain data keys that are encrypted under the old generation. No census counts them, and after the deletion
   * nothing can decrypt them: **data that is restored from them after that is lost**. The deletion therefore waits for
   * this time after the census that proved the stores empty. It must be at least the recovery period of each declared
   * table with point-in-time recovery, which is up to 35 days. For a table that the app only refers to, this is not
   * checked, because its recovery period is unknown.
   *
   * @default Duration.days(35)
   */
  readonly backupRetention?: Duration;

  /**
   * Waiting period of KMS between ScheduleKeyDeletion and the deletion. From 7 to 30 days.
   *
   * The stores are counted again in its last 5 days. If no count has found the generation empty 3 days before the
   * deletion, the deletion is cancelled. **If nothing of this construct runs in these days, KMS deletes the
   * key.** A long period leaves time to notice that.
   *
   * The deletion can be cancelled during this period and **cannot be undone after it**.
   *
   * @default Duration.days(30)
   */
  readonly pendingWindow?: Duration;

  /**
   * What happens if a principal calls the generation while it is disabled.
   *
   * @default OnUse.START_OVER
   */
  readonly onUse?: OnUse;
}

const DELETION_SHAPE: Shape<DeletionAfterProofOptions> = {
  observationPeriod: optional(DURATION),
  soakPeriod: optional(DURATION),
  backupRetention: optional(DURATION),
  pendingWindow: optional(DURATION),
  onUse: optional(oneOf('OnUse', OnUse)),
};

/**
 * When the old generations of a rotating key can be deleted.
 *
 * **The deletion of a KMS key cannot be undone.** A rotating key without `deletion` keeps its old generations: fenced,
 * and able to decrypt, for 1 USD a month each (AWS KMS pricing).
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
 */
export class Deletion {
  /**
   * Deletes an old generation after it is proven that no record depends on it.
   *
   * The proof has these steps: a census finds no data key of the generation, and a certificate states this; no
   * principal calls the generation while it is observed for `observationPeriod`, and then disabled for `soakPeriod`;
   * the stores are counted again before the deletion is scheduled, and once more during `pendingWindow`.
   *
   * Calls to a disabled generation are found in the events of CloudTrail. This needs a trail that records management
   * events in this Region, including read-only ones. Without the trail no generation is deleted: a test call that fails
   * on purpose (the watch probe) must be found first.
   *
   * @param options How long each step takes.
   */
  public static afterProof(options: DeletionAfterProofOptions = {}): Deletion {
    requireShape('Deletion.afterProof', options, DELETION_SHAPE);
    return new Deletion(options);
  }

  private readonly observationPeriod: Duration;
  private readonly soakPeriod: Duration;
  private readonly backupRetention: Duration;
  private readonly pendingWindow: Duration;
  private readonly onUse: OnUse;

  private constructor(options: DeletionAfterProofOptions) {
    this.observationPeriod = options.observationPeriod ?? Duration.days(7);
    this.soakPeriod = options.soakPeriod ?? Duration.days(14);
    this.backupRetention = options.backupRetention ?? Duration.days(POINT_IN_TIME_RECOVERY_DAYS);
    this.pendingWindow = options.pendingWindow ?? Duration.days(30);
    this.onUse = options.onUse ?? OnUse.START_OVER;
  }

  /**
   * Reports what makes the settings unusable. Empty if they are usable.
   *
   * @internal
   */
  public _problems(longestRecovery: Duration): string[] {
    const problems = [
      ...daysProblems('deletion.observationPeriod', this.observationPeriod, FamilyLimits.OBSERVATION_PERIOD, 'use Duration.days(7)'),
      ...daysProblems('deletion.soakPeriod', this.soakPeriod, FamilyLimits.SOAK_PERIOD, 'use Duration.days(14)'),
      ...daysProblems('deletion.backupRetention', this.backupRetention, FamilyLimits.BACKUP_RETENTION,
        'remove deletion to keep old generations for longer'),
      ...daysProblems('deletion.pendingWindow', this.pendingWindow, FamilyLimits.PENDING_WINDOW,
        'use Duration.days(30), which leaves the most time to cancel'),
    ];
    if (problems.length > 0 || this.backupRetention.toDays() >= longestRecovery.toDays()) return problems;
    return [describeProblem({
      where: 'deletion.backupRetention',
      what: 'a store can be recovered from further back, and the recovered data would be lost',
      given: this.backupRetention.toHumanString(),
      allowed: `at least ${longestRecovery.toHumanString()}, its period of point-in-time recovery, `
        + 'or the longest one if that is unknown at synthesis',
      remedy: 'raise backupRetention',
    })];
  }

  /**
   * The settings as retirement reads them.
   *
   * @internal
   */
  public _description(): DeletionDescription {
    return {
      observationDays: wholeDays(this.observationPeriod),
      soakDays: wholeDays(this.soakPeriod),
      backupRetentionDays: wholeDays(this.backupRetention),
      pendingWindowDays: wholeDays(this.pendingWindow),
      onUse: this.onUse,
    };
  }
}
