import { decideCancelledDeletion, decidePendingDeletion } from './decide-pending-deletion';
import { decideSoak } from './decide-soak';
import {
  earliestCensus, isCertified, isInSoak, isReplaced, type CertifiedGeneration, type ReplacedGeneration,
} from './replaced-generation';
import type { DeletionDescription, FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';
import type { Family, Generation } from '../../key-family/family';
import { daysAfter, latest, type RetirementFacts } from '../retirement-facts';

/**
 * Decides what is due for an old generation today, from the actual state. The only place where this is decided: the
 * first step of every run calls it, and each step that disables or deletes calls it again.
 *
 * If anything prevents retirement from continuing, a deletion that retirement scheduled is cancelled.
 */
export function decideRetirement(
  generation: Generation, family: Pick<Family, 'current'>, description: FamilyDescription, facts: RetirementFacts,
): RetirementAction {
  if (facts.cancelDeletion) return cancelOnRequest(generation);
  const { deletion } = description;
  if (deletion === undefined) return cancelOrWait(generation, 'no deletion is declared: old generations are retained, fenced and listed');
  const obstacle = findObstacle(generation, family, description);
  if (obstacle !== undefined) return cancelOrWait(generation, obstacle);
  if (!isReplaced(generation)) {
    const reason = 'it is not fenced and emptied, or was found in use afterwards; a rotation run fences, re-encrypts and counts';
    return cancelOrWait(generation, reason);
  }
  const action = decideByState(generation, description, deletion, facts);
  // These two make a key safe again, so a pause does not stop them.
  if (!description.paused || action.kind === 'start-over' || action.kind === 'cancel-deletion') return action;
  return cancelOrWait(generation, 'the family is paused');
}

function decideByState(
  generation: ReplacedGeneration, description: FamilyDescription, deletion: DeletionDescription, facts: RetirementFacts,
): RetirementAction {
  switch (generation.keyState) {
    case 'Enabled':
      if (generation.disabledSince !== undefined) {
        return { kind: 'start-over', reason: `it is Enabled, although retirement disabled it at ${generation.disabledSince}` };
      }
      return isCertified(generation) ? decideObservation(generation, deletion, facts) : decideCertification(generation, description, facts);
    case 'Disabled':
      if (!isCertified(generation)) return decideCertification(generation, description, facts);
      // A run was stopped between DisableKey and TagResource, or an operator disabled the key.
      if (!isInSoak(generation)) return decideObservation(generation, deletion, facts);
      return generation.recountedAt === undefined
        ? decideSoak(generation, deletion, facts)
        : decideCancelledDeletion({ ...generation, recountedAt: generation.recountedAt }, deletion, facts);
    case 'PendingDeletion':
      return decidePendingDeletion(generation, deletion, facts);
    default:
      return wait(`the state of its key is ${generation.keyState}; retirement continues when it is Enabled or Disabled`);
  }
}

function decideCertification(generation: ReplacedGeneration, description: FamilyDescription, { now }: RetirementFacts): RetirementAction {
  const due = earliestCensus(generation, description);
  if (now >= due) return { kind: 'count', purpose: 'certify' };
  return wait(`the census for its certificate is due from ${due.toISOString()}, when no data key from before the fence is in use`);
}

/**
 * Relies on GetKeyLastUsage: an EventBridge rule for successful calls would have to name keys that do not exist when it
 * is deployed. GetKeyLastUsage does not count refused calls and dry runs.
 */
function decideObservation(
  { certifiedSince }: CertifiedGeneration, { observationDays }: DeletionDescription, { now, lastUsage }: RetirementFacts,
): RetirementAction {
  const used = lastUsage !== undefined && lastUsage.at > new Date(certifiedSince) ? lastUsage : undefined;
  const due = daysAfter(latest(certifiedSince, used?.at), observationDays);
  if (now >= due) return { kind: 'disable' };
  const event = `CloudTrail event ${used?.eventId ?? 'unknown'}`;
  const lastUse = used === undefined ? '' : `; last used by ${used.operation} at ${used.at.toISOString()} (${event})`;
  return wait(`it is under observation, and disabled from ${due.toISOString()} if it is not used before${lastUse}`);
}

function findObstacle(
  { generation, phase }: Generation, { current }: Pick<Family, 'current'>, { stores }: FamilyDescription,
): string | undefined {
  if (generation === current.generation) return 'it is the current generation';
  if (stores.length === 0) return 'no store is declared, so a census has nothing to count and proves nothing';
  if (phase !== 'fenced' && phase !== 'retiring') return `it is not fenced: its phase is ${phase}`;
  return undefined;
}

function cancelOnRequest({ keyState }: Generation): RetirementAction {
  if (keyState !== 'PendingDeletion') return wait('its deletion is not pending, so there is nothing to cancel');
  return { kind: 'cancel-deletion', reason: 'the input of this run requests it' };
}

/** A deletion that retirement did not schedule is the decision of an operator, so only an operator cancels it. */
function cancelOrWait({ keyState, recountedAt }: Generation, reason: string): RetirementAction {
  return keyState === 'PendingDeletion' && recountedAt !== undefined ? { kind: 'cancel-deletion', reason } : wait(reason);
}

function wait(reason: string): RetirementAction {
  return { kind: 'wait', reason };
}
