import { isCertified, isInSoak, type ReplacedGeneration, type SoakingGeneration } from './replaced-generation';
import { daysAfter, type RetirementFacts } from '../retirement-facts';
import { deletionAllowedFrom, findUnexpectedUse, type UnexpectedUse } from './soak';
import type { DeletionDescription } from '../../../src/contract/family/family-description';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';

/** So many days before its end, a deletion that nobody has confirmed by a recount is cancelled: tomorrow may be too late. */
const LAST_DAYS = 2;

/**
 * What is due while a deletion is pending. It runs to its end only if the stores are counted to zero once more in its second half,
 * nobody asks for the generation, and what allowed it still holds.
 */
export function judgePendingDeletion(generation: ReplacedGeneration, deletion: DeletionDescription, facts: RetirementFacts): RetirementAction {
  const { recountedAt } = generation;
  if (recountedAt === undefined) return { kind: 'wait', reason: 'somebody else has scheduled its deletion; start with cancelDeletion to have it cancelled' };
  if (!isCertified(generation) || !isInSoak(generation)) return { kind: 'cancel-deletion', reason: 'it has no certificate any more' };

  const use = findUnexpectedUse(generation, deletion, facts);
  if (endsRetirement(use, recountedAt, deletion)) return { kind: 'start-over', reason: use.told };
  const allowedFrom = deletionAllowedFrom(generation, deletion, use);
  if (allowedFrom > new Date(recountedAt)) {
    return { kind: 'cancel-deletion', reason: `as things stand now, it could be scheduled from ${allowedFrom.toISOString()} only` };
  }

  const { now, deletionDate = now } = facts;
  if (facts.recounted) return { kind: 'wait', reason: `it was counted again, and is gone on ${deletionDate.toISOString()}` };
  if (now >= daysAfter(deletionDate, -LAST_DAYS)) return { kind: 'cancel-deletion', reason: 'it could not be counted once more in time' };
  const due = daysAfter(deletionDate, -deletion.pendingWindowDays / 2);
  if (now >= due) return { kind: 'count', purpose: 'recount-in-pending-window' };
  return { kind: 'wait', reason: `its deletion is pending until ${deletionDate.toISOString()}; it is counted once more from ${due.toISOString()}` };
}

/**
 * What is due when a deletion was scheduled, or about to be, and is not pending: somebody has cancelled it, or a run was stopped. If it
 * was stopped on its way to start over, the reason is still there. In any other case the soak begins anew: what a person has cancelled
 * is not scheduled again tomorrow.
 */
export function judgeCancelledDeletion(
  generation: SoakingGeneration & { readonly recountedAt: string }, deletion: DeletionDescription, facts: RetirementFacts,
): RetirementAction {
  const use = findUnexpectedUse(generation, deletion, facts);
  return endsRetirement(use, generation.recountedAt, deletion) ? { kind: 'start-over', reason: use.told } : { kind: 'disable' };
}

/** Once a deletion was scheduled, it is too late for only being told. */
function endsRetirement(use: UnexpectedUse | undefined, recountedAt: string, { onUse }: DeletionDescription): use is UnexpectedUse {
  return use !== undefined && (onUse === 'start-over' || use.at > new Date(recountedAt));
}
