import { measureCounts } from './count-metrics';
import { preflightStores, preflightWorker } from './pass/preflight';
import { DEFAULT_LIMITS, reEncryptShard, type ReEncryptionLimits } from './shard/re-encrypt-shard';
import { decodeWorkerRequest } from './worker-request';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { WorkerRequest } from '../../src/contract/runs/function-steps';
import type { RecordCounts, ShardProgress, ShardRequest } from '../../src/contract/runs/reencryption';
import type { StoreDescription } from '../../src/contract/stores/store-description';
import type { Clock, EvidencePort, ProgressPort, RecordStorePort, ReEncryptionPort } from '../ports';
import type { InvocationContext } from '../runtime/custom-resource';
import type { Log } from '../runtime/log';
import { reportFailure } from '../runtime/report-failure';

/** What the worker function works with. */
export interface WorkerPorts {
  readonly kms: ReEncryptionPort;
  /** A store is opened when it is needed, as it is described in the request. */
  readonly openStore: (description: StoreDescription) => Promise<RecordStorePort>;
  readonly evidence: EvidencePort;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Absent: nobody watches. */
  readonly progress?: ProgressPort;
  /** @default DEFAULT_LIMITS */
  readonly limits?: ReEncryptionLimits;
}

/** No page is read in the last third of an invocation: it belongs to the two pages that may be in work, and to the evidence. */
const SHARE_FOR_READING = 2 / 3;

/** The handler of the worker: proves that it can work, or works through a part of a shard. Any request may be repeated. */
export function workerFunction(ports: WorkerPorts): (event: unknown, context?: InvocationContext) => Promise<object> {
  return async (event, context) => {
    try {
      const request = decodeWorkerRequest(event);
      return request.step === 'pre-flight' ? await preflight(request, ports) : await workOnShard(request, ports, limitsOf(ports, context));
    } catch (error) {
      throw reportFailure(error, ports.log);
    }
  };
}

async function preflight({ family, stores, generations }: WorkerRequest & { step: 'pre-flight' }, ports: WorkerPorts): Promise<object> {
  await preflightWorker(family, ports.kms, generations);
  await preflightStores(family, await Promise.all(stores.map(ports.openStore)));
  return {};
}

async function workOnShard(
  { family, stores, storeId, run, pass, mode, generations, shard, sequence }: WorkerRequest & { step: 'work-on-shard' },
  ports: WorkerPorts, limits: ReEncryptionLimits,
): Promise<ShardProgress> {
  const description = stores.find((store) => store.storeId === storeId);
  if (description === undefined) throw unknownStore(family, storeId, stores);
  const store = await ports.openStore(description);
  const request: ShardRequest = {
    family, run, pass, mode, shard, generations, sequence, store: { storeId, shards: description.shards },
  };
  const counted = (counts: RecordCounts) => ports.log.measure(measureCounts(request, counts, ports.clock.now()));
  return reEncryptShard(request, { ...ports, store, counted }, limits);
}

function limitsOf({ limits = DEFAULT_LIMITS }: WorkerPorts, context: InvocationContext | undefined): ReEncryptionLimits {
  if (context === undefined) return limits;
  return { ...limits, milliseconds: Math.min(limits.milliseconds, SHARE_FOR_READING * context.getRemainingTimeInMillis()) };
}

function unknownStore(family: string, storeId: string, stores: readonly StoreDescription[]): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: `re-encryption of ${family}`,
    what: 'there is no such store',
    given: storeId,
    allowed: stores.map((store) => store.storeId).join(', '),
    remedy: 'ask again with a store of the family as it is declared now',
  });
}
