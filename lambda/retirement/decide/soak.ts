import type { SoakingGeneration } from './replaced-generation';
import type { DeletionDescription } from '../../../src/contract/family/family-description';
import { daysAfter, latest, type RetirementFacts } from '../retirement-facts';

/** A call of somebody who still depends on a generation in soak, or seems to. */
export interface UnexpectedUse {
  readonly at: Date;
  /** How and when, for people. Not who: a session may bear a person's name, and CloudTrail knows it. */
  readonly told: string;
}

/**
 * The latest call that soak must not see: one that the watch has noted, or one that KMS answered before the key was disabled, and that
 * was not known yet when its observation ended.
 *
 * That KMS knows of none proves nothing: nobody can use a disabled key.
 */
export function findUnexpectedUse(
  generation: SoakingGeneration, { observationDays }: DeletionDescription, { watch: { use }, lastUsage }: RetirementFacts,
): UnexpectedUse | undefined {
  const observedFrom = latest(generation.certifiedSince, daysAfter(generation.disabledSince, -observationDays));
  if (lastUsage !== undefined && lastUsage.at > latest(observedFrom, use?.at)) {
    const event = `CloudTrail event ${lastUsage.eventId ?? 'unknown'}`;
    return { at: lastUsage.at, told: `somebody used it by ${lastUsage.operation} at ${lastUsage.at.toISOString()} (${event})` };
  }
  if (use === undefined) return undefined;
  const event = `${use.errorCode}, CloudTrail event ${use.eventId}`;
  return { at: new Date(use.at), told: `somebody asked for it by ${use.operation} at ${use.at} (${event})` };
}

/** When the soak began: a generation may have been certified again while it was disabled already. */
export function beginningOfSoak({ disabledSince, certifiedSince }: SoakingGeneration): Date {
  return latest(disabledSince, certifiedSince);
}

/** When it has been quiet for long enough, and every backup has expired that may still hold an old blob. */
export function deletionAllowedFrom(
  generation: SoakingGeneration, { soakDays, backupRetentionDays }: DeletionDescription, lastUse: UnexpectedUse | undefined,
): Date {
  const quietSince = latest(beginningOfSoak(generation), lastUse?.at);
  return latest(daysAfter(quietSince, soakDays), daysAfter(generation.certifiedSince, backupRetentionDays));
}
