import { judgeCancelledDeletion, judgePendingDeletion } from './judge-pending-deletion';
import { judgeSoak } from './judge-soak';
import { censusCountsFrom, isCertified, isInSoak, isReplaced, type CertifiedGeneration, type ReplacedGeneration } from './replaced-generation';
import type { DeletionDescription, FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';
import type { Family, Generation } from '../../key-family/family';
import { daysAfter, latest, type RetirementFacts } from '../retirement-facts';

/**
 * What is due for an old generation today. The one place where it is decided, from the world as it is: asked every day, and once more
 * by each step that takes something away.
 *
 * Whatever is in the way of retirement, a deletion that it has scheduled does not run on: it is cancelled.
 */
export function decideRetirement(
  generation: Generation, family: Pick<Family, 'current'>, description: FamilyDescription, facts: RetirementFacts,
): RetirementAction {
  if (facts.cancelDeletion) return cancelOnRequest(generation);
  const { deletion } = description;
  if (deletion === undefined) return holdBack(generation, 'no deletion is declared: old generations are kept, fenced and listed');
  const obstacle = findObstacle(generation, family, description);
  if (obstacle !== undefined) return holdBack(generation, obstacle);
  if (!isReplaced(generation)) return holdBack(generation, 'no rotation has fenced and emptied it, or something was found under it since: rotation does that');
  const action = decideByState(generation, description, deletion, facts);
  // What gives something back is allowed at any time.
  if (!description.paused || action.kind === 'start-over' || action.kind === 'cancel-deletion') return action;
  return holdBack(generation, 'the family is paused');
}

function decideByState(
  generation: ReplacedGeneration, description: FamilyDescription, deletion: DeletionDescription, facts: RetirementFacts,
): RetirementAction {
  switch (generation.keyState) {
    case 'Enabled':
      if (generation.disabledSince !== undefined) {
        return { kind: 'start-over', reason: `somebody enabled it, although it had been disabled since ${generation.disabledSince}` };
      }
      return isCertified(generation) ? judgeObservation(generation, deletion, facts) : judgeCertification(generation, description, facts);
    case 'Disabled':
      if (!isCertified(generation)) return judgeCertification(generation, description, facts);
      // A run was stopped between disabling and noting it, or a person disabled the key.
      if (!isInSoak(generation)) return judgeObservation(generation, deletion, facts);
      return generation.recountedAt === undefined
        ? judgeSoak(generation, deletion, facts)
        : judgeCancelledDeletion({ ...generation, recountedAt: generation.recountedAt }, deletion, facts);
    case 'PendingDeletion':
      return judgePendingDeletion(generation, deletion, facts);
    default:
      return wait(`its key is ${generation.keyState}: only one that is Enabled or Disabled can go on`);
  }
}

function judgeCertification(generation: ReplacedGeneration, description: FamilyDescription, { now }: RetirementFacts): RetirementAction {
  const due = censusCountsFrom(generation, description);
  if (now >= due) return { kind: 'count', purpose: 'certify' };
  return wait(`it is counted for its certificate from ${due.toISOString()}, when the last writer has forgotten the data keys it had`);
}

/** GetKeyLastUsage is the witness: no rule can name keys that do not exist yet when it is deployed. Refused calls and dry runs are no use. */
function judgeObservation(
  { certifiedSince }: CertifiedGeneration, { observationDays }: DeletionDescription, { now, lastUsage }: RetirementFacts,
): RetirementAction {
  const used = lastUsage !== undefined && lastUsage.at > new Date(certifiedSince) ? lastUsage : undefined;
  const due = daysAfter(latest(certifiedSince, used?.at), observationDays);
  if (now >= due) return { kind: 'disable' };
  const use = used === undefined ? '' : `; last used by ${used.operation} at ${used.at.toISOString()} (CloudTrail event ${used.eventId ?? 'unknown'})`;
  return wait(`it is observed, and disabled from ${due.toISOString()} if nobody uses it until then${use}`);
}

function findObstacle(
  { generation, phase }: Generation, { current }: Pick<Family, 'current'>, { stores }: FamilyDescription,
): string | undefined {
  if (generation === current.generation) return 'it is the current generation';
  if (stores.length === 0) return 'no store is declared, and a count of nothing proves nothing';
  if (phase !== 'fenced' && phase !== 'retiring') return `it is not fenced: its phase is ${phase}`;
  return undefined;
}

function cancelOnRequest({ keyState }: Generation): RetirementAction {
  if (keyState !== 'PendingDeletion') return wait('its deletion is not pending, so there is nothing to cancel');
  return { kind: 'cancel-deletion', reason: 'somebody asked for it' };
}

/** A deletion that somebody else has scheduled is a person's decision; another person may have it cancelled. */
function holdBack({ keyState, recountedAt }: Generation, reason: string): RetirementAction {
  return keyState === 'PendingDeletion' && recountedAt !== undefined ? { kind: 'cancel-deletion', reason } : wait(reason);
}

function wait(reason: string): RetirementAction {
  return { kind: 'wait', reason };
}
