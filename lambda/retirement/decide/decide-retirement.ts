import { decideCancelledDeletion, decidePendingDeletion } from './decide-pending-deletion';
import { decideSoak } from './decide-soak';
import {
  earliestCensus, isCertified, isCertifiedEarly, isDisabledByRetirement, isInSoak, isReplaced, type CertifiedGeneration,
  type ReplacedGeneration,
} from './replaced-generation';
import type { DeletionDescription, FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';
import { describeUncounted } from '../../declared-stores/uncounted';
import type { Family, Generation } from '../../key-family/family';
import { daysAfter, latest, type RetirementFacts } from '../retirement-facts';
import { describeRefused } from './soak';

/**
 * Decides what is due for an old generation today, from the actual state. The only place where this is decided: the
 * first step of every run calls it, and each step that disables or deletes calls it again.
 *
 * If anything prevents retirement from continuing, what it has done is reverted: a generation that nothing retires can
 * decrypt. A pause only cancels a deletion, because retirement continues after it. **Nothing that stops retirement
 * stops a reversal.**
 */
export function decideRetirement(
  generation: Generation, family: Pick<Family, 'current'>, description: FamilyDescription, facts: RetirementFacts,
): RetirementAction {
  const { deletion } = description;
  if (deletion === undefined) return endOrWait(generation, 'no deletion is declared: old generations are retained, fenced and listed');
  const obstacle = findObstacle(generation, family, description);
  if (obstacle !== undefined) return endOrWait(generation, obstacle);
  if (!isReplaced(generation)) {
    const reason = 'it is not fenced and emptied, or was found in use afterwards; a rotation run fences, re-encrypts and counts';
    return endOrWait(generation, reason);
  }
  if (facts.uncountedStores.length > 0) return endOrWait(generation, describeUncounted(facts.uncountedStores));
  // A certificate that was issued too early proves nothing.
  const known = isCertifiedEarly(generation, description) ? { ...facts, certificate: 'missing' as const } : facts;
  const action = decideByState(generation, description, deletion, known);
  if (isReversal(action)) return action;
  if (description.paused) return cancelOrWait(generation, 'the family is paused');
  return facts.onlyReversals && action.kind !== 'wait' ? wait('this run only makes a generation usable again, which is not due') : action;
}

/** Whether an action makes a key usable again, and changes nothing else. */
export function isReversal({ kind }: RetirementAction): boolean {
  return kind === 'start-over' || kind === 'cancel-deletion' || kind === 'end-retirement';
}

function decideByState(
  generation: ReplacedGeneration, description: FamilyDescription, deletion: DeletionDescription, facts: RetirementFacts,
): RetirementAction {
  switch (generation.keyState) {
    case 'Enabled':
      if (generation.disabledSince !== undefined) {
        return { kind: 'start-over', reason: `it is Enabled, although retirement disabled it at ${generation.disabledSince}` };
      }
      return isCertified(generation) && facts.certificate !== 'missing'
        ? decideObservation(generation, deletion, facts)
        : decideCertification(generation, description, facts);
    case 'Disabled':
      if (!isCertified(generation) || facts.certificate === 'missing') {
        // Only an enabled generation can be observed again.
        return isDisabledByRetirement(generation)
          ? endRetirement('it is disabled without a valid certificate, and is certified again')
          : decideCertification(generation, description, facts);
      }
      // A run was stopped between DisableKey and TagResource, or an operator disabled the key.
      if (!isInSoak(generation)) return decideBeforeSoak(generation, deletion, facts);
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
  return wait(`the census for its certificate is due from ${due.toISOString()}, when no application holds a data key under it`);
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

/** The soak of a disabled generation has not begun. A call that its state has refused enables it again. */
function decideBeforeSoak(generation: CertifiedGeneration, deletion: DeletionDescription, facts: RetirementFacts): RetirementAction {
  const { use } = facts.watch;
  if (use?.errorCode !== 'DisabledException' || deletion.onUse === 'hold') return decideObservation(generation, deletion, facts);
  return { kind: 'start-over', reason: describeRefused(use) };
}

function findObstacle(
  { generation, phase }: Generation, { current }: Pick<Family, 'current'>, { stores }: FamilyDescription,
): string | undefined {
  if (generation === current.generation) return 'it is the current generation';
  if (stores.length === 0) return 'no store is declared, so a census has nothing to count and proves nothing';
  if (phase !== 'fenced' && phase !== 'retiring') return `it is not fenced: its phase is ${phase}`;
  return undefined;
}

/** What retirement has done is reverted if it does not continue. What an operator has done stays. */
function endOrWait(generation: Generation, reason: string): RetirementAction {
  return isDisabledByRetirement(generation) ? endRetirement(reason) : wait(reason);
}

/** A deletion that retirement did not schedule is the decision of an operator, so only an operator cancels it. */
function cancelOrWait({ keyState, recountedAt }: Generation, reason: string): RetirementAction {
  return keyState === 'PendingDeletion' && recountedAt !== undefined ? { kind: 'cancel-deletion', reason } : wait(reason);
}

function endRetirement(reason: string): RetirementAction {
  return { kind: 'end-retirement', reason };
}

function wait(reason: string): RetirementAction {
  return { kind: 'wait', reason };
}
