import { censusOf, readCensusTimes } from '../evidence/read-census';
import { dayOf } from '../retirement-facts';
import type { DueSituation } from './preconditions';
import type { Certificate } from '../../../src/contract/evidence/certificate';
import { DELETION_EVIDENCE_SCHEMA, deletionEvidenceKey, type DeletionEvidence } from '../../../src/contract/evidence/deletion-evidence';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { EvidencePort } from '../../ports/evidence';
import type { PassCounts } from '../../reencrypt/pass/sum-pass';

/**
 * Writes the result of observation and soak to the evidence, before the deletion: a deleted key has no tags and no
 * usage data.
 */
export async function recordDeletionEvidence(
  run: RetirementRun,
  { family, generation, deletion, facts }: DueSituation,
  certificate: Certificate,
  counts: PassCounts,
  evidence: EvidencePort,
): Promise<void> {
  const { startedAt } = censusOf(run);
  const { certifiedSince = '', disabledSince = '' } = generation;
  const { lastUsage, watch } = facts;
  const content: DeletionEvidence = {
    schema: DELETION_EVIDENCE_SCHEMA,
    family: family.alias,
    generation: generation.generation,
    keyArn: generation.keyArn,
    certificateHash: certificate.hash,
    observed: {
      from: certifiedSince,
      to: disabledSince,
      ...(lastUsage && { lastUse: { operation: lastUsage.operation, at: lastUsage.at.toISOString(), eventId: lastUsage.eventId } }),
    },
    soak: {
      from: disabledSince,
      to: startedAt,
      watchProbeDays: [...watch.probeDays].reverse(),
      ...(watch.use && { lastUsedOn: dayOf(watch.use.at) }),
    },
    recount: { run: run.run, census: await readCensusTimes(run, evidence), total: counts.total },
    pendingWindowDays: deletion.pendingWindowDays,
  };
  await evidence.writeOnce(deletionEvidenceKey(family.alias, generation.generation, certifiedSince, startedAt), content);
}
