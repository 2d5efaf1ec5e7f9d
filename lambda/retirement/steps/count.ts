import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { CountPurpose, RetirementCount, RetirementRun } from '../../../src/contract/runs/retirement-run';
import { decideCensusResult } from '../../rotation/steps/conclude-census';
import { censusOf, readCounts } from '../evidence/read-census';
import { findReplacedStores } from '../evidence/replaced-stores';
import type { RetirementPorts } from '../retirement-ports';

/** The step that follows if no record was found. */
const VERDICTS: { readonly [purpose in CountPurpose]: RetirementCount['verdict'] } = {
  'certify': 'certify',
  'recount': 'schedule-deletion',
  'recount-in-pending-window': 'record-recount',
};

/** Begins the only pass of a retirement run. It is a census, so it ignores recorded key ids. */
export async function beginCount(_: FamilyDescription, run: RetirementRun, { clock }: RetirementPorts): Promise<RetirementRun> {
  purposeOf(run);
  return { ...run, pass: { number: 1, mode: 'census', startedAt: clock.now().toISOString() } };
}

/** Adds up the counts of the census and decides which step follows. A single record is enough to start over. */
export async function concludeCount(
  description: FamilyDescription, run: RetirementRun, ports: RetirementPorts,
): Promise<RetirementRun> {
  const { evidence, log } = ports;
  const purpose = purposeOf(run);
  const counts = await readCounts(description, run, evidence);
  const { scanned, underOldGeneration, quarantined } = counts.total;
  const { generation } = run.generation;
  log.info('generation-counted', { family: description.alias, generation, purpose, scanned, underOldGeneration, quarantined });
  if (underOldGeneration > 0) return { ...run, count: { underOldGeneration, quarantined, verdict: 'start-over' } };
  decideCensusResult(description, counts, censusOf(run));
  const replaced = purpose === 'certify' ? [] : await findReplacedStores(description, generation, counts, ports);
  if (replaced.length > 0) {
    const reason = `the store ${replaced.join(', ')} is not the certified one: its table was created again, `
      + 'or it was declared later, changed or removed';
    return { ...run, count: { underOldGeneration, quarantined, verdict: 'start-over', reason } };
  }
  return { ...run, count: { underOldGeneration, quarantined, verdict: VERDICTS[purpose] } };
}

function purposeOf({ run, action }: RetirementRun): CountPurpose {
  if (action.kind === 'count') return action.purpose;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: `run ${run}`,
    what: 'the action of this run is not a count',
    given: action.kind,
    allowed: 'count',
    remedy: 'run the steps that follow from the action of the run',
  });
}
