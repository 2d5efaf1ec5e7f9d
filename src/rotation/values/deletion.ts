import { Duration } from 'aws-cdk-lib';
import { FamilyLimits } from './family-limits';
import type { DeletionDescription } from '../../contract/family/family-description';
import { describeProblem } from '../../contract/problem';
import { POINT_IN_TIME_RECOVERY_DAYS } from '../../contract/stores/store-limits';
import { daysProblems } from '../../validation/in-range';

/** What happens when somebody asks for an old generation that is disabled, and soon to be deleted. */
export enum OnUse {
  /** The generation is enabled again, and everything starts over: re-encrypting, counting, certifying, observing. Loses time, and nothing else. */
  START_OVER = 'start-over',
  /** It stays disabled, its deletion waits, and a person is told. Choose it when a failing caller is what you want. */
  HOLD = 'hold',
}

/** How long an old generation is watched before it is deleted. */
export interface DeletionAfterProofOptions {
  /**
   * How long nobody may use an old generation that is still enabled, before it is disabled. From 1 to 365 days.
   *
   * A use in this time names a store that nobody declared, or a copy, while it still works.
   *
   * @default Duration.days(7)
   */
  readonly observationPeriod?: Duration;

  /**
   * How long nobody may ask for the generation while it is disabled, before its deletion may be scheduled. From 1 to 365 days.
   *
   * Choose it longer than your rarest job sleeps: a monthly report asks once a month.
   *
   * @default Duration.days(14)
   */
  readonly soakPeriod?: Duration;

  /**
   * For how long backups, point-in-time recovery, exports and copies of the stores may be restored. From 0 to 3650 days.
   *
   * They hold data keys under the old generation, which no count can see and which nothing opens once it is deleted: **what is restored
   * from them after that is lost**. So deletion waits until so long after the count that proved the stores empty. At least as long as a
   * declared table with point-in-time recovery can go back, up to 35 days.
   *
   * @default Duration.days(35)
   */
  readonly backupRetention?: Duration;

  /**
   * How long KMS waits between the decision to delete and the deletion. From 7 to 30 days, in which everything is counted once more.
   *
   * Only when it is over the deletion is irreversible.
   *
   * @default Duration.days(30)
   */
  readonly pendingWindow?: Duration;

  /**
   * What happens when somebody asks for the generation while it is disabled.
   *
   * @default OnUse.START_OVER
   */
  readonly onUse?: OnUse;
}

/**
 * When the old generations of a rotating key may be deleted.
 *
 * Deletion of a KMS key is the one step that nothing undoes. A rotating key without it keeps old generations: fenced, listed, and able
 * to decrypt, for 1 USD a month each (AWS KMS pricing).
 */
export class Deletion {
  /**
   * When it is proven that nothing depends on them: counted to zero with every blob put to KMS, certified, observed, disabled and
   * watched, counted again before the deletion is scheduled, and once more while it can be cancelled.
   *
   * The watch needs a trail that records management events, read-only ones included, in this Region. Without one it never hears
   * the echo of its own call, so nothing is ever deleted.
   *
   * @param options How long each step takes.
   */
  public static afterProof(options: DeletionAfterProofOptions = {}): Deletion {
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
   * Why this cannot be; empty when it can.
   *
   * @internal
   */
  public _problems(longestRecovery: Duration): string[] {
    const problems = [
      ...daysProblems('deletion.observationPeriod', this.observationPeriod, FamilyLimits.OBSERVATION_PERIOD, 'use Duration.days(7)'),
      ...daysProblems('deletion.soakPeriod', this.soakPeriod, FamilyLimits.SOAK_PERIOD, 'use Duration.days(14)'),
      ...daysProblems('deletion.backupRetention', this.backupRetention, FamilyLimits.BACKUP_RETENTION, 'leave deletion out to keep old generations for longer'),
      ...daysProblems('deletion.pendingWindow', this.pendingWindow, FamilyLimits.PENDING_WINDOW, 'use Duration.days(30), which leaves most time to change your mind'),
    ];
    if (problems.length > 0 || this.backupRetention.toDays() >= longestRecovery.toDays()) return problems;
    return [describeProblem({
      where: 'deletion.backupRetention',
      what: 'a store can be recovered from further back than that, and what it brings back would be lost',
      given: this.backupRetention.toHumanString(),
      allowed: `at least ${longestRecovery.toHumanString()}, as its point-in-time recovery says`,
      remedy: 'raise backupRetention',
    })];
  }

  /**
   * As retirement reads it.
   *
   * @internal
   */
  public _description(): DeletionDescription {
    return {
      observationDays: this.observationPeriod.toDays({ integral: false }),
      soakDays: this.soakPeriod.toDays({ integral: false }),
      backupRetentionDays: this.backupRetention.toDays({ integral: false }),
      pendingWindowDays: this.pendingWindow.toDays({ integral: false }),
      onUse: this.onUse,
    };
  }
}
