import { readSituation } from './read-situation';
import type { RetirementPorts } from '../retirement-ports';
import { requireStillDue } from './preconditions';
import { RECOUNT_SCHEMA, recountKey, type RecountEvidence } from '../../../src/contract/evidence/certificate';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { censusOf, readCensusTimes, requireEmptyCensus } from '../evidence/read-census';

/**
 * Writes to the evidence, beside the certificate, that the recount found no record while the deletion could still be
 * cancelled. With it, the deletion is allowed to complete.
 */
export async function recordRecount(description: FamilyDescription, run: RetirementRun, ports: RetirementPorts): Promise<RetirementRun> {
  const { evidence, log } = ports;
  // An earlier attempt at this step completed.
  if ((await readSituation(description, run.generation.generation, ports)).facts.recount !== undefined) return run;
  const { generation, facts } = await requireStillDue(description, run, ports, {
    due: { kind: 'count', purpose: 'recount-in-pending-window' },
  });
  const { total } = await requireEmptyCensus(description, run, evidence);
  const recount: RecountEvidence = {
    schema: RECOUNT_SCHEMA,
    family: description.alias,
    generation: generation.generation,
    keyArn: generation.keyArn,
    run: run.run,
    pass: censusOf(run).number,
    census: await readCensusTimes(run, evidence),
    stores: description.stores.map(({ tableArn, dataKeyAttribute }) => ({ tableArn, dataKeyAttribute })),
    total,
    recordedAt: facts.now.toISOString(),
  };
  const { certifiedSince = '', recountedAt = '' } = generation;
  await evidence.writeOnce(recountKey(description.alias, generation.generation, certifiedSince, recountedAt), recount);
  log.info('recount-recorded', {
    family: description.alias, generation: generation.generation, deletionDate: facts.deletionDate?.toISOString(),
  });
  return run;
}
