import type { SoakingGeneration } from './replaced-generation';
import { dayOf, daysAfter, latest, type RetirementFacts } from '../retirement-facts';
import { beginningOfSoak, deletionAllowedFrom, findUnexpectedUse } from './soak';
import type { DeletionDescription } from '../../../src/contract/family/family-description';
import type { RetirementAction } from '../../../src/contract/runs/retirement-run';

/** After so many days without an echo, something is wrong on its way here. CloudTrail needs minutes. */
const DAYS_TO_HEAR = 3;

/**
 * What is due in soak. A day counts on which the echo was heard and nobody else asked. There must be as many of them as declared, the
 * time since the beginning must be as long, and at the end the watch must still hear.
 */
export function judgeSoak(generation: SoakingGeneration, deletion: DeletionDescription, facts: RetirementFacts): RetirementAction {
  const use = findUnexpectedUse(generation, deletion, facts);
  if (use !== undefined && deletion.onUse === 'start-over') return { kind: 'start-over', reason: use.told };

  const { now, watch } = facts;
  const beginning = beginningOfSoak(generation);
  const quietDays = watch.echoDays.filter((day) => day >= dayOf(beginning) && (use === undefined || day > dayOf(use.at)));
  const due = deletionAllowedFrom(generation, deletion, use);
  const [lastHeard] = quietDays;
  const heardLately = lastHeard !== undefined && lastHeard >= dayOf(daysAfter(now, -1));
  if (now >= due && quietDays.length >= deletion.soakDays && heardLately) return { kind: 'count', purpose: 'recount' };
  if (lastHeard === dayOf(now)) {
    const progress = `it is in soak, with ${quietDays.length} of ${deletion.soakDays} quiet days`;
    const told = use === undefined ? '' : `; ${use.told}`;
    return { kind: 'wait', reason: `${progress}, and counted again from ${due.toISOString()} at the earliest${told}` };
  }
  const silentSince = latest(beginning, use?.at, lastHeard);
  return now >= daysAfter(silentSince, DAYS_TO_HEAR) ? { kind: 'echo', unheardSince: silentSince.toISOString() } : { kind: 'echo' };
}
