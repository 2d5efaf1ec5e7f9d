import type { SoakingGeneration } from './replaced-generation';
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
  generation: SoakingGeneration, { observationDays }: DeletionDescription, { watch: { use }, lastUsage }: RetirementFacts,
): UnexpectedUse | undefined {
  const observedFrom = latest(generation.certifiedSince, daysAfter(generation.disabledSince, -observationDays));
  if (lastUsage !== undefined && lastUsage.at > latest(observedFrom, use?.at)) {
    const event = `CloudTrail event ${lastUsage.eventId ?? 'unknown'}`;
    return { at: lastUsage.at, description: `it was used by ${lastUsage.operation} at ${lastUsage.at.toISOString()} (${event})` };
  }
  if (use === undefined) return undefined;
  const event = `${use.errorCode}, CloudTrail event ${use.eventId}`;
  return { at: new Date(use.at), description: `a call of ${use.operation} was refused at ${use.at} (${event})` };
}

/**
 * Start of the soak. A generation that was certified again while it was disabled starts its soak at that certificate.
 */
export function soakStart({ disabledSince, certifiedSince }: SoakingGeneration): Date {
  return latest(disabledSince, certifiedSince);
}

/** The time at which the soak is long enough, and every backup that can contain an old blob has expired. */
export function deletionAllowedFrom(
  generation: SoakingGeneration, { soakDays, backupRetentionDays }: DeletionDescription, lastUse: UnexpectedUse | undefined,
): Date {
  const unusedSince = latest(soakStart(generation), lastUse?.at);
  return latest(daysAfter(unusedSince, soakDays), daysAfter(generation.certifiedSince, backupRetentionDays));
}
