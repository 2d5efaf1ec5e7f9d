import pLimit from 'p-limit';
import { ErrorName } from '../../../src/contract/error-names';
import { evidenceKey, evidencePrefix, type ShardEvidence } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import { addCounts, NO_RECORDS, type RecordCounts, type StoreReference } from '../../../src/contract/runs/reencryption';
import type { EvidencePort } from '../../ports/evidence';

/** A pass over all stores of a family. */
export interface PassReference {
  readonly family: string;
  readonly run: string;
  readonly pass: number;
  readonly stores: readonly StoreReference[];
}

/** The sums of a whole pass. */
export interface PassCounts {
  readonly total: RecordCounts;
  readonly byStore: { readonly [storeId: string]: RecordCounts };
  /** Evidence objects with the quarantine that is counted. Attempts that do not count may have written others. */
  readonly quarantineKeys: readonly string[];
}

/** Evidence objects read at the same time. */
const CONCURRENT_READS = 32;

/**
 * Adds up a pass from its evidence. The sums are exact, even if invocations were stopped and repeated.
 *
 * The evidence is refused if it does not reach the end of every shard of every store, or if an invocation did not begin
 * where the previous one ended: records that were not counted must not appear as zero.
 */
export async function sumPass(evidence: Pick<EvidencePort, 'list' | 'read'>, pass: PassReference): Promise<PassCounts> {
  const found = new Set(await evidence.list(evidencePrefix(pass)));
  const limit = pLimit(CONCURRENT_READS);
  const read = (key: string) => limit(() => evidence.read<ShardEvidence>(key));
  const byStore: { [storeId: string]: RecordCounts } = {};
  const quarantineKeys: string[] = [];
  for (const store of pass.stores) {
    const shards = Array.from({ length: store.shards }, (_, shard) => sumShard(pass, store, shard, found, read));
    const sums = await Promise.all(shards);
    byStore[store.storeId] = sums.map(({ counts }) => counts).reduce(addCounts, NO_RECORDS);
    quarantineKeys.push(...sums.flatMap((sum) => sum.quarantineKeys));
  }
  return { total: Object.values(byStore).reduce(addCounts, NO_RECORDS), byStore, quarantineKeys };
}

/** Adds up the invocations of a shard. Each must continue where the previous one stopped, up to the end. */
async function sumShard(
  pass: PassReference, { storeId }: StoreReference, shard: number,
  found: ReadonlySet<string>, read: (key: string) => Promise<ShardEvidence | undefined>,
): Promise<{ counts: RecordCounts; quarantineKeys: string[] }> {
  const keyOf = (sequence: number) => evidenceKey({ run: pass.run, pass: pass.pass, storeId, shard, sequence }, 'counts');
  const keys: string[] = [];
  while (found.has(keyOf(keys.length))) keys.push(keyOf(keys.length));
  const chain = await Promise.all(keys.map(read));
  const broken = chain.findIndex((each, sequence) => each === undefined || !continues(each, chain[sequence - 1]));
  if (broken !== -1 || chain.at(-1)?.finished !== true) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: `${pass.family}, run ${pass.run}, pass ${pass.pass}, store ${storeId}, shard ${shard}`,
      what: 'the evidence does not reach the end of the shard',
      given: `${broken === -1 ? chain.length : broken} invocations`,
      allowed: 'invocations without a gap, each beginning where the previous one ended, the last one finished',
      remedy: 'repeat the shard in the same run and pass',
    });
  }
  const invocations = chain.filter((each) => each !== undefined);
  return {
    counts: invocations.map(({ counts }) => counts).reduce(addCounts, NO_RECORDS),
    quarantineKeys: invocations.flatMap(({ quarantineKey }) => quarantineKey ?? []),
  };
}

/** Whether an invocation began where the previous one stopped, or the first one at the beginning of the shard. */
function continues({ from }: ShardEvidence, previous: ShardEvidence | undefined): boolean {
  if (previous === undefined) return from === undefined;
  return !previous.finished && from === previous.cursor;
}
