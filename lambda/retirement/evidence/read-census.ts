import pLimit from 'p-limit';
import { ErrorName } from '../../../src/contract/error-names';
import type { Certificate } from '../../../src/contract/evidence/certificate';
import { evidencePrefix, type ShardEvidence } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { Pass } from '../../../src/contract/runs/rotation-run';
import type { EvidencePort } from '../../ports/evidence';
import { sumPass, type PassCounts } from '../../reencrypt/pass/sum-pass';
import { decideCensusResult } from '../../rotation/steps/conclude-census';

/** Evidence objects that are read at the same time. */
const CONCURRENT_READS = 32;

/**
 * Counts of the census of this run, from the evidence that the workers wrote. The counts in the message are not used.
 */
export async function readCounts({ alias, stores }: FamilyDescription, run: RetirementRun, evidence: EvidencePort): Promise<PassCounts> {
  return sumPass(evidence, {
    family: alias,
    run: run.run,
    pass: censusOf(run).number,
    stores,
  });
}

/** Reads the counts again, and fails unless they prove that no record is encrypted under the generation. */
export async function requireEmptyCensus(description: FamilyDescription, run: RetirementRun, evidence: EvidencePort): Promise<PassCounts> {
  const counts = await readCounts(description, run, evidence);
  if (decideCensusResult(description, counts, censusOf(run)).verdict === 'empty') return counts;
  throw new Failure(ErrorName.CENSUS_NOT_ZERO, {
    where: `${description.alias}, run ${run.run}`,
    what: 'records are encrypted under the generation',
    given: String(counts.total.underOldGeneration),
    allowed: '0',
    remedy: 'nothing was changed; the next retirement run decides again',
  });
}

/** Start and end of the census, and the ids of its first and last KMS request, by which CloudTrail identifies it. */
export async function readCensusTimes(run: RetirementRun, evidence: EvidencePort): Promise<Certificate['census']> {
  const { number, startedAt } = censusOf(run);
  const limit = pLimit(CONCURRENT_READS);
  const keys = (await evidence.list(evidencePrefix({ run: run.run, pass: number }))).filter((key) => key.endsWith('.counts.json'));
  const objects = await Promise.all(keys.map((key) => limit(() => evidence.read<ShardEvidence>(key))));
  const parts = objects.filter((part) => part !== undefined).sort((one, other) => Date.parse(one.endedAt) - Date.parse(other.endedAt));
  return {
    startedAt,
    endedAt: parts.at(-1)?.endedAt ?? startedAt,
    firstRequestId: parts.flatMap(({ firstRequestId }) => firstRequestId ?? []).at(0),
    lastRequestId: parts.flatMap(({ lastRequestId }) => lastRequestId ?? []).at(-1),
  };
}

/** The census of a run. Every step after `begin-count` requires it. */
export function censusOf({ run, pass }: RetirementRun): Pass {
  if (pass?.mode === 'census') return pass;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: `run ${run}`,
    what: 'no census has begun in this run',
    given: pass?.mode ?? 'no pass',
    allowed: 'census',
    remedy: 'run the steps in their order: begin-count before the steps that use the census',
  });
}
