import { patienceUntil } from './patience';
import { findStart, writeEvidence } from './shard-evidence';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { RecordCounts, ShardProgress, ShardRequest } from '../../../src/contract/runs/reencryption';
import type { Clock } from '../../ports/clock';
import type { EvidencePort } from '../../ports/evidence';
import type { ReEncryptionPort } from '../../ports/re-encryption';
import type { ProgressPort, RecordStorePort } from '../../ports/records';
import { Tally } from '../page/tally';
import { workPages } from '../page/work-pages';
import type { Pass } from '../record/decide-record';
import { probePermissions, sharedProbe } from '../record/probe-permissions';
import { reEncryptRecord } from '../record/re-encrypt-record';

/** The ports of the worker. None of them can read a plaintext data key. */
export interface ReEncryptionPorts {
  readonly kms: ReEncryptionPort;
  readonly store: RecordStorePort;
  readonly evidence: EvidencePort;
  readonly clock: Clock;
  /** Optional: reports the progress. */
  readonly progress?: ProgressPort;
  /** Optional: called with the counts of an invocation when they are recorded, never twice for the same records. */
  readonly counted?: (counts: RecordCounts) => void;
}

/** The limits of one invocation. */
export interface ReEncryptionLimits {
  /** Records that are processed at the same time. */
  readonly concurrency: number;
  /** The maximum number of pages, after which the next invocation continues. */
  readonly pages: number;
  /** The time after which no page is read. It must leave the time for two pages before the timeout of the function. */
  readonly milliseconds: number;
}

/** Suitable for a function with a timeout of 15 minutes. */
export const DEFAULT_LIMITS: ReEncryptionLimits = { concurrency: 32, pages: 50, milliseconds: 10 * 60_000 };

/**
 * One invocation of the worker: re-encrypts (or counts) a part of a shard, and writes its counts and its cursor as
 * evidence.
 *
 * It can be stopped at any point and repeated: the repeated invocation finds the finished records under the current
 * generation. A call that fails although the SDK has repeated it is made again, alone. When its evidence is written,
 * any later repetition changes nothing, so the counts stay exact. After a failure no counts of this invocation are
 * recorded, and each record is either unchanged or re-encrypted.
 */
export async function reEncryptShard(
  request: ShardRequest, ports: ReEncryptionPorts, limits: ReEncryptionLimits = DEFAULT_LIMITS,
): Promise<ShardProgress> {
  refuseMismatch(request, ports.store);
  const startedAt = ports.clock.now();
  const patient = patienceUntil(new Date(startedAt.getTime() + limits.milliseconds), ports.clock);
  const start = await patient(() => findStart(request, ports.evidence));
  if (start.kind === 'finished') return start.progress;
  const pass: Pass = {
    mode: request.mode,
    generations: request.generations,
    skipsForeignRecords: ports.store.skipsForeignRecords,
    where: describePlace(request, ports.store),
  };
  const probe = sharedProbe(() => probePermissions(ports.kms, request.generations));
  const tally = new Tally();

  const cursor = await workPages({
    from: start.from,
    listPage: (from) => patient(() => ports.store.listPage(request.shard, from)),
    work: async (record) => {
      const result = await patient(() => reEncryptRecord(record, pass, { ...ports, probePermissions: probe }));
      tally.add(result);
      ports.progress?.recordDone(request.store.storeId, result.outcome);
    },
    concurrency: limits.concurrency,
    mayReadNext: (pagesBegun) => pagesBegun < limits.pages && ports.clock.now().getTime() - startedAt.getTime() < limits.milliseconds,
  });

  const done = { opened: ports.store.opened, from: start.from, cursor, startedAt, endedAt: ports.clock.now() };
  const { progress, recorded } = await patient(() => writeEvidence(request, tally, done, ports.evidence));
  if (recorded === 'now') ports.counted?.(tally.counts());
  return progress;
}

function refuseMismatch(request: ShardRequest, store: RecordStorePort): void {
  const { storeId, shards } = request.store;
  const refuse = (what: string, given: string, allowed: string) => {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: `re-encryption of ${request.family}, store ${storeId}`,
      what,
      given,
      allowed,
      remedy: 'start a new run with the store and the family as they are declared now',
    });
  };
  if (storeId !== store.storeId) refuse('the request names another store than the one that was opened', storeId, store.storeId);
  // A cursor is valid only for the number of shards for which it was created.
  if (shards !== store.shards) refuse('the store has another number of shards than the request', `${shards}`, `${store.shards}`);
  if (request.shard < 0 || request.shard >= shards) refuse('the shard does not exist', `${request.shard}`, `0 to ${shards - 1}`);
  if (!request.generations.all.includes(request.generations.current)) {
    refuse('the list of all generations lacks the current one', request.generations.current, request.generations.all.join(', '));
  }
}

function describePlace({ family }: ShardRequest, store: RecordStorePort): string {
  return `${family}, store ${store.storeId} (${store.place}, attribute ${store.dataKeyAttribute})`;
}
