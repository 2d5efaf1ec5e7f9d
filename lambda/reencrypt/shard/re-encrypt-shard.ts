import { findBeginning, leaveEvidence } from './shard-evidence';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { RecordCounts, ShardProgress, ShardRequest } from '../../../src/contract/runs/reencryption';
import type { Clock, EvidencePort, ProgressPort, RecordStorePort, ReEncryptionPort } from '../../ports';
import { Tally } from '../page/tally';
import { workPages } from '../page/work-pages';
import type { Pass } from '../record/decide-record';
import { probePermissions, sharedProbe } from '../record/probe-permissions';
import { reEncryptRecord } from '../record/re-encrypt-record';

/** What the worker needs: nothing here could read a plaintext data key. */
export interface ReEncryptionPorts {
  readonly kms: ReEncryptionPort;
  readonly store: RecordStorePort;
  readonly evidence: EvidencePort;
  readonly clock: Pick<Clock, 'now'>;
  /** Absent: nobody watches. */
  readonly progress?: ProgressPort;
  /** Hears what an invocation has found once that is recorded: of the same records never twice. Absent: nobody listens. */
  readonly counted?: (counts: RecordCounts) => void;
}

/** How much one invocation takes on, and how much of it at once. */
export interface ReEncryptionLimits {
  /** Records in work at the same time. */
  readonly concurrency: number;
  /** Pages read at most, then the shard is handed on. */
  readonly pages: number;
  /** After so much time no further page is read. Leave room below the function's own time limit for two pages. */
  readonly milliseconds: number;
}

/** Fits a function with a time limit of 15 minutes. */
export const DEFAULT_LIMITS: ReEncryptionLimits = { concurrency: 32, pages: 50, milliseconds: 10 * 60_000 };

/**
 * One invocation of the worker: re-encrypts (or counts) a part of a shard, and leaves as evidence what it found and where to go on.
 *
 * It may be stopped anywhere and repeated: a repeated invocation finds what it had written under the current generation. Once its
 * evidence stands it does nothing any more, however often it is repeated and however late: what was counted stays counted. A failure
 * leaves no counts of this invocation, and every record either as it was or done.
 */
export async function reEncryptShard(
  request: ShardRequest, ports: ReEncryptionPorts, limits: ReEncryptionLimits = DEFAULT_LIMITS,
): Promise<ShardProgress> {
  refuseUnfit(request, ports.store);
  const beginning = await findBeginning(request, ports.evidence);
  if (beginning.kind === 'over') return beginning.progress;
  const pass: Pass = { mode: request.mode, generations: request.generations, where: whereOf(request, ports.store) };
  const probe = sharedProbe(() => probePermissions(ports.kms, request.generations));
  const tally = new Tally();
  const startedAt = ports.clock.now();

  const cursor = await workPages({
    from: beginning.from,
    listPage: (from) => ports.store.listPage(request.shard, from),
    work: async (record) => {
      const result = await reEncryptRecord(record, pass, { ...ports, probePermissions: probe });
      tally.add(result);
      ports.progress?.recordDone(request.store.storeId, result.outcome);
    },
    concurrency: limits.concurrency,
    mayReadOn: (pagesBegun) => pagesBegun < limits.pages && ports.clock.now().getTime() - startedAt.getTime() < limits.milliseconds,
  });

  const done = { from: beginning.from, cursor, startedAt, endedAt: ports.clock.now() };
  const { progress, recorded } = await leaveEvidence(request, tally, done, ports.evidence);
  if (recorded === 'now') ports.counted?.(tally.counts());
  return progress;
}

function refuseUnfit(request: ShardRequest, store: RecordStorePort): void {
  const { storeId, shards } = request.store;
  const refuse = (what: string, given: string, allowed: string) => {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: `re-encryption of ${request.family}, store ${storeId}`,
      what,
      given,
      allowed,
      remedy: 'ask again with the store and the family as they are declared now',
    });
  };
  if (storeId !== store.storeId) refuse('request and store do not belong together', storeId, store.storeId);
  // A cursor means something only to the number of shards it was made for.
  if (shards !== store.shards) refuse('the store is cut into another number of shards', `${shards}`, `${store.shards}`);
  if (request.shard < 0 || request.shard >= shards) refuse('there is no such shard', `${request.shard}`, `0 to ${shards - 1}`);
  if (!request.generations.all.includes(request.generations.current)) {
    refuse('the current generation is not among all generations', request.generations.current, request.generations.all.join(', '));
  }
}

function whereOf({ family }: ShardRequest, store: RecordStorePort): string {
  return `${family}, store ${store.storeId} (${store.place}, attribute ${store.dataKeyAttribute})`;
}
