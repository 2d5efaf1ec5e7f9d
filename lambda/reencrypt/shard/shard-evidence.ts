import { createHash } from 'node:crypto';
import { ErrorName } from '../../../src/contract/error-names';
import {
  EVIDENCE_SCHEMA, evidenceKey, type InvocationPlace, type OpenedStore, type QuarantineEvidence, type ShardEvidence,
} from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import type { ShardProgress, ShardRequest } from '../../../src/contract/runs/reencryption';
import { isOlderThanRun } from '../../../src/contract/runs/run-id';
import type { EvidencePort } from '../../ports/evidence';
import type { Tally } from '../page/tally';

/** Where an invocation begins; `finished` if it has nothing to do, because it is repeated or late. */
export type Start =
  | { readonly kind: 'at'; readonly from: string | undefined }
  | { readonly kind: 'finished'; readonly progress: ShardProgress };

/** The resource, the cursors and the times of an invocation. */
export interface WorkDone {
  readonly opened: OpenedStore;
  readonly from: string | undefined;
  /** Where the next invocation continues; absent at the end of the shard. */
  readonly cursor: string | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** Reads the evidence: whether this invocation is finished, and otherwise the cursor of the previous one. */
export async function findStart(request: ShardRequest, evidence: EvidencePort): Promise<Start> {
  const own = await readEvidence(request, request.sequence, evidence);
  if (own !== undefined) return { kind: 'finished', progress: progressAfter(own) };
  if (request.sequence === 0) return { kind: 'at', from: undefined };
  const previous = await readEvidence(request, request.sequence - 1, evidence);
  if (previous?.finished === true) return { kind: 'finished', progress: progressAfter(previous) };
  // Without a cursor the invocation would begin at the start of the shard, and count records twice.
  if (previous?.cursor === undefined) throw unusable(request, 'the evidence of the previous invocation is missing, or has no cursor');
  return { kind: 'at', from: previous.cursor };
}

/**
 * Records the result of an invocation, once. Of two concurrent attempts the first that is recorded counts, and the
 * other one returns the recorded result.
 *
 * The quarantine object is written first: counts must never name an object that does not exist.
 */
export async function writeEvidence(
  request: ShardRequest, tally: Tally, done: WorkDone, evidence: EvidencePort,
): Promise<{ readonly progress: ShardProgress; readonly recorded: 'now' | 'before' }> {
  const place = placeOf(request, request.sequence);
  const quarantineKey = await writeQuarantine(place, tally, evidence);
  const found: ShardEvidence = {
    schema: EVIDENCE_SCHEMA,
    family: request.family,
    mode: request.mode,
    ...place,
    opened: done.opened,
    finished: done.cursor === undefined,
    counts: tally.counts(),
    ...(tally.foundUnder().length > 0 && { foundUnder: tally.foundUnder() }),
    from: done.from,
    cursor: done.cursor,
    quarantineKey,
    startedAt: done.startedAt.toISOString(),
    endedAt: done.endedAt.toISOString(),
    firstRequestId: tally.firstRequestId,
    lastRequestId: tally.lastRequestId,
  };
  const outcome = await evidence.writeOnce(evidenceKey(place, 'counts'), found);
  if (outcome === 'written') return { progress: progressAfter(found), recorded: 'now' };
  const counted = await readEvidence(request, request.sequence, evidence);
  if (counted === undefined) throw unusable(request, 'evidence of this invocation exists, but cannot be read');
  return { progress: progressAfter(counted), recorded: 'before' };
}

/** The name contains a digest, so the counts name exactly this quarantine, and never that of another attempt. */
async function writeQuarantine(place: InvocationPlace, tally: Tally, evidence: EvidencePort): Promise<string | undefined> {
  if (tally.quarantine.length === 0) return undefined;
  // Sorted, so that a repeated attempt with the same quarantined records writes the same object.
  const entries = [...tally.quarantine].sort((one, other) => (one.locator < other.locator ? -1 : 1));
  const content: QuarantineEvidence = { schema: EVIDENCE_SCHEMA, entries };
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
  const key = evidenceKey(place, `quarantine-${digest}`);
  // An existing object of this name has the same content.
  await evidence.writeOnce(key, content);
  return key;
}

async function readEvidence(request: ShardRequest, sequence: number, evidence: EvidencePort): Promise<ShardEvidence | undefined> {
  const found = await evidence.read<ShardEvidence>(evidenceKey(placeOf(request, sequence), 'counts'));
  // A census that used the counts of a re-encryption would certify what it has not counted.
  if (found !== undefined && (found.family !== request.family || found.mode !== request.mode)) {
    const passOf = ({ family, mode }: Pick<ShardEvidence, 'family' | 'mode'>) => `${family}, ${mode}`;
    throw unusable(request, 'evidence under the name of this pass was written by another pass', passOf(found), passOf(request));
  }
  // An execution of the same name in the past: its counts are not of the records as they are now.
  if (found !== undefined && isOlderThanRun(request.run, found)) {
    throw unusable(request, 'evidence under the name of this pass is older than the run', found.startedAt, 'evidence of this run');
  }
  return found;
}

function progressAfter({ finished, sequence }: ShardEvidence): ShardProgress {
  return { finished, sequence: sequence + 1 };
}

function placeOf({ run, pass, shard, store: { storeId } }: ShardRequest, sequence: number): InvocationPlace {
  return { run, pass, storeId, shard, sequence };
}

function unusable({ family, run, pass, shard, sequence, store }: ShardRequest, what: string, given?: string, allowed?: string): Failure {
  return new Failure(ErrorName.VERIFICATION_FAILED, {
    where: `${family}, run ${run}, pass ${pass}, store ${store.storeId}, shard ${shard}, invocation ${sequence}`,
    what,
    given,
    allowed,
    remedy: 'find which principals write to the evidence bucket (CloudTrail: PutObject), then start a new run',
  });
}
