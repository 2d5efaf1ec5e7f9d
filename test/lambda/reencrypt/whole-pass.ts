import type { EvidencePort } from '../../../lambda/ports/evidence';
import type { ReEncryptionPort } from '../../../lambda/ports/re-encryption';
import type { RecordStorePort } from '../../../lambda/ports/records';
import { sumPass } from '../../../lambda/reencrypt/pass/sum-pass';
import {
  DEFAULT_LIMITS,
  reEncryptShard,
  type ReEncryptionLimits,
  type ReEncryptionPorts,
} from '../../../lambda/reencrypt/shard/re-encrypt-shard';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import type { QuarantineEntry, QuarantineEvidence } from '../../../src/contract/evidence/evidence';
import type { GenerationArns, PassMode, RecordCounts, ShardRequest } from '../../../src/contract/runs/reencryption';

/** A clock for tests in which time has no effect. */
export const NOON = { now: () => new Date('2026-11-01T12:00:00.000Z'), sleep: async () => undefined };

export interface PassOptions {
  readonly kms: ReEncryptionPort;
  readonly store: RecordStorePort;
  readonly generations: GenerationArns;
  readonly mode?: PassMode;
  readonly pass?: number;
  readonly limits?: Partial<ReEncryptionLimits>;
  readonly evidence?: EvidencePort;
  readonly around?: Partial<ReEncryptionPorts>;
}

/** The first request for a shard. */
export function aRequest({ store, generations, mode = 're-encrypt', pass = 1 }: PassOptions, shard = 0): ShardRequest {
  const { storeId, shards } = store;
  return { family: 'alias/orders', run: 'run-1', pass, mode, store: { storeId, shards }, shard, generations, sequence: 0 };
}

/** A pass over every shard of a store, as the state machine performs it. The counts are those of the evidence. */
export async function wholePass(options: PassOptions): Promise<RecordCounts & { readonly quarantine: QuarantineEntry[] }> {
  const { kms, store, pass = 1, evidence = new EvidenceInMemory() } = options;
  const ports: ReEncryptionPorts = { kms, store, evidence, clock: NOON, ...options.around };
  for (let shard = 0; shard < store.shards; shard++) {
    let progress = { finished: false, sequence: 0 };
    while (!progress.finished) {
      const request = { ...aRequest(options, shard), sequence: progress.sequence };
      progress = await reEncryptShard(request, ports, { ...DEFAULT_LIMITS, ...options.limits });
    }
  }
  return sumEvidence(evidence, store, pass);
}

/** The counts and the quarantine of a pass, from its evidence. */
export async function sumEvidence(evidence: EvidencePort, store: RecordStorePort, pass = 1) {
  const { total, quarantineKeys } = await sumPass(evidence, { family: 'alias/orders', run: 'run-1', pass, stores: [{ storeId: store.storeId, shards: store.shards, tableArn: store.opened.arn }] });
  const objects = await Promise.all(quarantineKeys.map((key) => evidence.read<QuarantineEvidence>(key)));
  const quarantine = objects.flatMap((object) => object?.entries ?? []);
  return { ...total, quarantine };
}

/** The sum of all outcomes. It must equal the number of records read, because each record has exactly one outcome. */
export function outcomesOf(counts: RecordCounts): number {
  const { withoutDataKey, reEncrypted, alreadyCurrent, underOldGeneration, underOtherGeneration, foreign, quarantined, deleted } = counts;
  return withoutDataKey + reEncrypted + alreadyCurrent + underOldGeneration + underOtherGeneration + foreign + quarantined + deleted;
}
