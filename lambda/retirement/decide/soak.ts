import type { SoakingGeneration } from './replaced-generation';
import type { UseEvidence } from '../../../src/contract/evidence/evidence';
import type { DeletionDescription } from '../../../src/contract/family/family-description';
import { daysAfter, latest, type RetirementFacts } from '../retirement-facts';

/** A call which shows that an application can still depend on a generation in soak. */
export interface UnexpectedUse {
  readonly at: Date;
  /**
   * Operation, time and CloudTrail event. Not the principal: a session name can be personal data, and
   * CloudTrail has it.
   */
  readonly description: string;
}

/**
 * Finds the latest call that must not occur in soak: a refused call that the watch recorded, or a successful call
 * before the key was disabled that KMS did not report yet when the observation ended.
 *
 * If KMS reports no use during soak, that proves nothing: KMS refuses every use of a disabled key.
 */
export function findUnexpectedUse(
  generation: SoakingGeneration,
  { observationDays }: DeletionDescription,
  { watch: { use }, lastUsage }: Pick<RetirementFacts, 'watch' | 'lastUsage'>,
): UnexpectedUse | undefined {
  const observedFrom = latest(generation.certifiedSince, daysAfter(generation.disabledSince, -observationDays));
  if (lastUsage !== undefined && lastUsage.at > latest(observedFrom, use?.at)) {
    const event = `CloudTrail event ${lastUsage.eventId ?? 'unknown'}`;
    return { at: lastUsage.at, description: `it was used by ${lastUsage.operation} at ${lastUsage.at.toISOString()} (${event})` };
  }
  if (use === undefined) return undefined;
  return { at: new Date(use.at), description: describeRefused(use) };
}

export function describeRefused({ operation, at, errorCode, eventId }: UseEvidence): string {
  return `a call of ${operation} was refused at ${at} (${errorCode}, CloudTrail event ${eventId})`;
}

/**
 * Start of the soak. A generation that was certified again while it was disabled starts its soak at that certificate.
 */
export function soakStart({ disabledSince, certifiedSince }: SoakingGeneration): Date {
  return latest(disabledSince, certifiedSince);
}

/**
 * The time at which the soak is long enough, and every backup that can contain an old blob has expired.
 *
 * A call shows that an old blob existed at that time, for example in an item that was restored. A backup of that time
 * can contain it, so backup retention is counted from the last call, whether it succeeded or was refused.
 */
export function deletionAllowedFrom(
  generation: SoakingGeneration, deletion: DeletionDescription, facts: Pick<RetirementFacts, 'watch' | 'lastUsage'>,
): Date {
  const unusedSince = latest(soakStart(generation), findUnexpectedUse(generation, deletion, facts)?.at);
  const emptySince = latest(generation.certifiedSince, facts.lastUsage?.at, facts.watch.use?.at);
  return latest(daysAfter(unusedSince, deletion.soakDays), daysAfter(emptySince, deletion.backupRetentionDays));
}
