import type { Clock, EvidencePort, ProgressPort, RecordStorePort, ReEncryptionPort } from '../../lambda/ports';
import { reEncryptShard, type ReEncryptionLimits } from '../../lambda/reencrypt/re-encrypt-shard';
import { sumPass, type PassCounts } from '../../lambda/reencrypt/sum-pass';
import { Failure } from '../../lambda/runtime/failure';
import { ErrorName } from '../../src/contract/error-names';
import type { GenerationArns, PassMode, ShardProgress, ShardRequest } from '../../src/contract/reencryption';

/** What the worker role works with. */
export interface WorkerPorts {
  readonly kms: ReEncryptionPort;
  readonly stores: readonly RecordStorePort[];
  readonly evidence: EvidencePort;
  readonly clock: Clock;
  readonly progress?: ProgressPort;
  readonly limits?: ReEncryptionLimits;
}

/** One pass over every shard of every store. */
export interface PassRequest {
  readonly family: string;
  readonly run: string;
  readonly pass: number;
  readonly mode: PassMode;
  readonly generations: GenerationArns;
}

/** How often an invocation that AWS asked to slow down is repeated, and after which wait: what a Retry block says. */
const REPEATS = 20;
const REPEAT_AFTER_MILLISECONDS = 2_000;

/** Runs a pass as a Distributed Map would: all shards side by side, each a loop of invocations that hand on a cursor. */
export async function runPass(request: PassRequest, ports: WorkerPorts): Promise<PassCounts> {
  const shards = ports.stores.flatMap((store) => Array.from({ length: store.shards }, (_, shard) => ({ store, shard })));
  const results = await Promise.allSettled(shards.map(({ store, shard }) => workThroughShard(request, store, shard, ports)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return sumPass(ports.evidence, {
    family: request.family,
    run: request.run,
    pass: request.pass,
    stores: ports.stores.map(({ storeId, shards: count }) => ({ storeId, shards: count })),
  });
}

async function workThroughShard(request: PassRequest, store: RecordStorePort, shard: number, ports: WorkerPorts): Promise<void> {
  let progress: ShardProgress | undefined;
  do {
    const invocation: ShardRequest = {
      ...request,
      store: { storeId: store.storeId, shards: store.shards },
      shard,
      sequence: progress?.sequence ?? 0,
      ...(progress?.cursor === undefined ? {} : { cursor: progress.cursor }),
    };
    progress = await repeatWhileThrottled(() => reEncryptShard(invocation, { ...ports, store }, ports.limits), ports.clock);
  } while (progress.cursor !== undefined);
}

async function repeatWhileThrottled<T>(invoke: () => Promise<T>, clock: Clock): Promise<T> {
  for (let repeats = 0; ; repeats++) {
    try {
      return await invoke();
    } catch (error) {
      if (!Failure.named(error, ErrorName.THROTTLED) || repeats === REPEATS) throw error;
      await clock.sleep(REPEAT_AFTER_MILLISECONDS);
    }
  }
}
