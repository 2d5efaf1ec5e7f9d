import { readSituation } from './read-situation';
import type { RetirementPorts } from '../retirement-ports';
import { requireStillDue } from './still-due';
import { RECOUNT_SCHEMA, recountKey, type RecountEvidence } from '../../../src/contract/evidence/certificate';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { censusOf, readCensusTimes, readZero } from '../evidence/read-census';

/** Notes beside the certificate that the stores were counted to zero while the deletion could be cancelled: now it may run to its end. */
export async function recordRecount(description: FamilyDescription, run: RetirementRun, ports: RetirementPorts): Promise<RetirementRun> {
  const { evidence, log } = ports;
  // Asked twice: noted already.
  if ((await readSituation(description, run.generation.generation, ports)).facts.recounted) return run;
  const { generation, facts } = await requireStillDue(description, run, ports, { due: { kind: 'count', purpose: 'recount-in-pending-window' } });
  const { total } = await readZero(description, run, evidence);
  const note: RecountEvidence = {
    schema: RECOUNT_SCHEMA,
    family: description.alias,
    generation: generation.generation,
    keyArn: generation.keyArn,
    run: run.run,
    pass: censusOf(run).number,
    census: await readCensusTimes(run, evidence),
    total,
    recordedAt: facts.now.toISOString(),
  };
  const { certifiedSince = '', recountedAt = '' } = generation;
  await evidence.writeOnce(recountKey(description.alias, generation.generation, certifiedSince, recountedAt), note);
  log.info('recount-noted', { family: description.alias, generation: generation.generation, goneOn: facts.deletionDate?.toISOString() });
  return run;
}
