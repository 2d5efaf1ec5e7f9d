import { createHash } from 'node:crypto';
import { ErrorName } from '../../../src/contract/error-names';
import { EVIDENCE_SCHEMA, evidenceKey, type InvocationPlace, type QuarantineEvidence, type ShardEvidence } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import type { ShardProgress, ShardRequest } from '../../../src/contract/runs/reencryption';
import type { EvidencePort } from '../../ports';
import type { Tally } from '../page/tally';

/** Where an invocation begins; `over` when it has nothing to do, because it is repeated or late. */
export type Beginning =
  | { readonly kind: 'at'; readonly from: string | undefined }
  | { readonly kind: 'over'; readonly progress: ShardProgress };

/** What an invocation has done, besides its tally. */
export interface WorkDone {
  readonly from: string | undefined;
  /** Where the next one goes on; absent at the end of the shard. */
  readonly cursor: string | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** Looks at what is recorded: evidence of this very invocation is the last word on it, that of the one before says where to go on. */
export async function findBeginning(request: ShardRequest, evidence: EvidencePort): Promise<Beginning> {
  const own = await readEvidence(request, request.sequence, evidence);
  if (own !== undefined) return { kind: 'over', progress: progressAfter(own) };
  if (request.sequence === 0) return { kind: 'at', from: undefined };
  const previous = await readEvidence(request, request.sequence - 1, evidence);
  if (previous?.finished === true) return { kind: 'over', progress: progressAfter(previous) };
  // Without a cursor it would begin anew, and count twice what is counted already.
  if (previous?.cursor === undefined) throw unusable(request, 'the invocation before this one left no evidence of where to go on');
  return { kind: 'at', from: previous.cursor };
}

/**
 * Records what an invocation has found, once. Of two attempts at the same time the first to be recorded counts, and the other
 * one answers what that one said.
 *
 * Quarantine goes first: counts that speak of it must never stand alone.
 */
export async function leaveEvidence(
  request: ShardRequest, tally: Tally, done: WorkDone, evidence: EvidencePort,
): Promise<{ readonly progress: ShardProgress; readonly recorded: 'now' | 'before' }> {
  const place = placeOf(request, request.sequence);
  const quarantineKey = await leaveQuarantine(place, tally, evidence);
  const found: ShardEvidence = {
    schema: EVIDENCE_SCHEMA,
    family: request.family,
    mode: request.mode,
    ...place,
    finished: done.cursor === undefined,
    counts: tally.counts(),
    from: done.from,
    cursor: done.cursor,
    quarantineKey,
    startedAt: done.startedAt.toISOString(),
    endedAt: done.endedAt.toISOString(),
    firstRequestId: tally.firstRequestId,
    lastRequestId: tally.lastRequestId,
  };
  if (await evidence.writeOnce(evidenceKey(place, 'counts'), found) === 'written') return { progress: progressAfter(found), recorded: 'now' };
  const counted = await readEvidence(request, request.sequence, evidence);
  if (counted === undefined) throw unusable(request, 'evidence of this invocation was there, and cannot be read');
  return { progress: progressAfter(counted), recorded: 'before' };
}

/** Named by a digest: the counts name exactly this quarantine, whatever another attempt may have set aside. */
async function leaveQuarantine(place: InvocationPlace, tally: Tally, evidence: EvidencePort): Promise<string | undefined> {
  if (tally.quarantine.length === 0) return undefined;
  // In order, so that a repeated attempt which sets the same records aside writes the same object.
  const entries = [...tally.quarantine].sort((one, other) => (one.locator < other.locator ? -1 : 1));
  const content: QuarantineEvidence = { schema: EVIDENCE_SCHEMA, entries };
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
  const key = evidenceKey(place, `quarantine-${digest}`);
  // Should it exist, then with this very content.
  await evidence.writeOnce(key, content);
  return key;
}

async function readEvidence(request: ShardRequest, sequence: number, evidence: EvidencePort): Promise<ShardEvidence | undefined> {
  const found = await evidence.read<ShardEvidence>(evidenceKey(placeOf(request, sequence), 'counts'));
  // A census that took the counts of a re-encryption for its own would prove what nobody has counted.
  if (found !== undefined && (found.family !== request.family || found.mode !== request.mode)) {
    throw unusable(request, 'evidence of this pass was left by another one', `${found.family}, ${found.mode}`, `${request.family}, ${request.mode}`);
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
    remedy: 'see who writes to the evidence bucket, then start the run anew',
  });
}
