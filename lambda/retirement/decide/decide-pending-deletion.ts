import { cancelFrom, isFreshlyCounted, recountDueFrom } from './pending-window';
import { isCertified, isInSoak, type ReplacedGeneration, type SoakingGeneration } from './replaced-generation';
import { describeLacking } from '../evidence/read-recount';
import type { RetirementFacts } from '../retirement-facts';
import { deletionAllowedFrom, findUnexpectedUse, type UnexpectedUse } from './soak';
import type { DeletionDescription } from '../../../src/contract/family/family-description';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';

/**
 * Decides what is due while a deletion is pending. The deletion continues only if a recount in the last days of the
 * pending window finds no record, no principal calls the key, and everything that allowed the deletion still holds.
 *
 * If no run decides this in time, the reconcile run cancels the deletion: see `decidePendingKey`.
 */
export function decidePendingDeletion(
  generation: ReplacedGeneration, deletion: DeletionDescription, facts: RetirementFacts,
): RetirementAction {
  const { recountedAt } = generation;
  if (recountedAt === undefined) {
    return wait('its deletion was not scheduled by retirement; to cancel it, start a retirement run with cancelDeletion');
  }
  if (!isCertified(generation) || !isInSoak(generation) || facts.certificate !== 'valid') {
    return cancel('it no longer has a certificate');
  }

  const use = findUnexpectedUse(generation, deletion, facts);
  if (endsRetirement(use, recountedAt, deletion)) return { kind: 'start-over', reason: use.description };
  const allowedFrom = deletionAllowedFrom(generation, deletion, facts);
  if (allowedFrom > new Date(recountedAt)) {
    return cancel(`by what is known now, its deletion cannot be scheduled before ${allowedFrom.toISOString()}`);
  }

  const { now, deletionDate = now, recount } = facts;
  const end = deletionDate.toISOString();
  if (recount !== undefined && recount.lacking.length > 0) return cancel(describeLacking(recount.lacking));
  if (isFreshlyCounted(recount?.countedAt, deletionDate)) return wait(`the recount found no record, and KMS deletes the key on ${end}`);
  if (now >= cancelFrom(deletionDate)) return cancel('the recount in the pending window was not completed in time');
  const due = recountDueFrom(deletionDate);
  if (now >= due) return { kind: 'count', purpose: 'recount-in-pending-window' };
  return wait(`it is pending deletion until ${end}, and the recount is due from ${due.toISOString()}`);
}

/**
 * Decides what is due if retirement scheduled a deletion, or was about to, and the key is not pending deletion: the
 * deletion was cancelled, or a run was stopped. If the run was stopped while it started over, its reason still exists.
 * In all other cases the soak starts again, so that a cancelled deletion is not scheduled again on the next day.
 */
export function decideCancelledDeletion(
  generation: SoakingGeneration & { readonly recountedAt: string }, deletion: DeletionDescription, facts: RetirementFacts,
): RetirementAction {
  const use = findUnexpectedUse(generation, deletion, facts);
  return endsRetirement(use, generation.recountedAt, deletion) ? { kind: 'start-over', reason: use.description } : { kind: 'disable' };
}

/** A use after the deletion was scheduled always starts over: with `hold` alone, the key would be deleted. */
function endsRetirement(use: UnexpectedUse | undefined, recountedAt: string, { onUse }: DeletionDescription): use is UnexpectedUse {
  return use !== undefined && (onUse === 'start-over' || use.at > new Date(recountedAt));
}

function wait(reason: string): RetirementAction {
  return { kind: 'wait', reason };
}

function cancel(reason: string): RetirementAction {
  return { kind: 'cancel-deletion', reason };
}
