import pLimit from 'p-limit';
import { ErrorName } from '../../../src/contract/error-names';
import type { Certificate } from '../../../src/contract/evidence/certificate';
import { evidencePrefix, type ShardEvidence } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { Pass } from '../../../src/contract/runs/rotation-run';
import type { EvidencePort } from '../../ports';
import { sumPass, type PassCounts } from '../../reencrypt/pass/sum-pass';
import { judgeCensus } from '../../rotation/steps/conclude-census';

/** Evidence objects read at the same time. */
const CONCURRENT_READS = 32;

/** What the census of this run has counted, from its evidence: never from what a message says. */
export async function readCounts({ alias, stores }: FamilyDescription, run: RetirementRun, evidence: EvidencePort): Promise<PassCounts> {
  return sumPass(evidence, {
    family: alias,
    run: run.run,
    pass: censusOf(run).number,
    stores: stores.map(({ storeId, shards }) => ({ storeId, shards })),
  });
}

/** Reads the counts anew, and refuses any but a zero that proves something. */
export async function readZero(description: FamilyDescription, run: RetirementRun, evidence: EvidencePort): Promise<PassCounts> {
  const counts = await readCounts(description, run, evidence);
  if (judgeCensus(description, counts, censusOf(run)).verdict === 'empty') return counts;
  throw new Failure(ErrorName.CENSUS_NOT_ZERO, {
    where: `${description.alias}, run ${run.run}`,
    what: 'records stand under the generation that was counted',
    given: String(counts.total.underOldGeneration),
    allowed: '0',
    remedy: 'nothing has changed; the next retirement run decides anew',
  });
}

/** From when to when the census looked at the stores, and the calls to KMS that CloudTrail knows it by. */
export async function readCensusTimes(run: RetirementRun, evidence: EvidencePort): Promise<Certificate['census']> {
  const { number, startedAt } = censusOf(run);
  const limit = pLimit(CONCURRENT_READS);
  const keys = (await evidence.list(evidencePrefix({ run: run.run, pass: number }))).filter((key) => key.endsWith('.counts.json'));
  const found = await Promise.all(keys.map((key) => limit(() => evidence.read<ShardEvidence>(key))));
  const parts = found.filter((part) => part !== undefined).sort((one, other) => Date.parse(one.endedAt) - Date.parse(other.endedAt));
  return {
    startedAt,
    endedAt: parts.at(-1)?.endedAt ?? startedAt,
    firstRequestId: parts.flatMap(({ firstRequestId }) => firstRequestId ?? []).at(0),
    lastRequestId: parts.flatMap(({ lastRequestId }) => lastRequestId ?? []).at(-1),
  };
}

/** The census of a run, which every step after its beginning can rely on. */
export function censusOf({ run, pass }: RetirementRun): Pass {
  if (pass?.mode === 'census') return pass;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: `run ${run}`,
    what: 'no census has begun',
    given: pass?.mode ?? 'no pass',
    allowed: 'census',
    remedy: 'run the steps in their order: the census is begun before anything is concluded from it',
  });
}
