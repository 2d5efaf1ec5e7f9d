import type { SoakingGeneration } from './replaced-generation';
import { dayOf, daysAfter, latest, type RetirementFacts } from '../retirement-facts';
import { deletionAllowedFrom, findUnexpectedUse, soakStart } from './soak';
import type { DeletionDescription } from '../../../src/contract/family/family-description';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';

/**
 * After this many days without the event of a watch probe, the delivery of events is broken. CloudTrail needs minutes.
 */
const MAX_DAYS_WITHOUT_EVENT = 3;

/**
 * Decides what is due in soak. A day counts if the event of a watch probe arrived and no other principal called the
 * key. The soak ends when the declared number of days count, that much time has passed since its start, and the watch
 * still works.
 */
export function decideSoak(generation: SoakingGeneration, deletion: DeletionDescription, facts: RetirementFacts): RetirementAction {
  const use = findUnexpectedUse(generation, deletion, facts);
  if (use !== undefined && deletion.onUse === 'start-over') return { kind: 'start-over', reason: use.description };

  const { now, watch } = facts;
  const start = soakStart(generation);
  const countedDays = watch.probeDays.filter((day) => day >= dayOf(start) && (use === undefined || day > dayOf(use.at)));
  const due = deletionAllowedFrom(generation, deletion, facts);
  const [lastDay] = countedDays;
  const watchWorks = lastDay !== undefined && lastDay >= dayOf(daysAfter(now, -1));
  if (now >= due && countedDays.length >= deletion.soakDays && watchWorks) return { kind: 'count', purpose: 'recount' };
  if (lastDay === dayOf(now)) {
    const progress = `it is in soak: ${countedDays.length} of ${deletion.soakDays} days without use`;
    const lastUse = use === undefined ? '' : `; ${use.description}`;
    return { kind: 'wait', reason: `${progress}, and the recount is due from ${due.toISOString()} at the earliest${lastUse}` };
  }
  const noEventSince = latest(start, use?.at, lastDay);
  return now >= daysAfter(noEventSince, MAX_DAYS_WITHOUT_EVENT)
    ? { kind: 'probe-watch', noEventSince: noEventSince.toISOString() }
    : { kind: 'probe-watch' };
}
