import { ErrorName } from '../../src/contract/error-names';
import { evidenceKey, evidencePrefix, type ShardEvidence } from '../../src/contract/evidence';
import { addCounts, NO_RECORDS, type RecordCounts, type StoreReference } from '../../src/contract/reencryption';
import type { EvidencePort } from '../ports';
import { Failure } from '../runtime/failure';

/** A pass over all stores of a family. */
export interface PassReference {
  readonly family: string;
  readonly run: string;
  readonly pass: number;
  readonly stores: readonly StoreReference[];
}

/** What a whole pass has found. */
export interface PassCounts {
  readonly total: RecordCounts;
  readonly byStore: { readonly [storeId: string]: RecordCounts };
  /** Evidence objects that hold the quarantine behind `total.quarantined`. Others may lie about, left by attempts that do not count. */
  readonly quarantineKeys: readonly string[];
}

/**
 * Adds up a pass from its evidence: exact however often its invocations were stopped and repeated.
 *
 * Evidence that does not reach the end of every shard of every store is refused: a zero that was not counted is no zero.
 */
export async function sumPass(evidence: Pick<EvidencePort, 'readCounts'>, pass: PassReference): Promise<PassCounts> {
  const found = new Map((await evidence.readCounts(evidencePrefix(pass))).map((one) => [placeOf(one.storeId, one.shard, one.sequence), one]));
  const byStore: { [storeId: string]: RecordCounts } = {};
  const quarantineKeys: string[] = [];
  for (const store of pass.stores) {
    const invocations = Array.from({ length: store.shards }, (_, shard) => chainOfShard(found, pass, store, shard)).flat();
    byStore[store.storeId] = invocations.map(({ counts }) => counts).reduce(addCounts, NO_RECORDS);
    quarantineKeys.push(...invocations.filter(({ counts }) => counts.quarantined > 0).map((one) => evidenceKey(one, 'quarantine')));
  }
  return { total: Object.values(byStore).reduce(addCounts, NO_RECORDS), byStore, quarantineKeys };
}

type Found = ReadonlyMap<string, ShardEvidence>;

function placeOf(storeId: string, shard: number, sequence: number): string {
  return `${shard}/${sequence}/${storeId}`;
}

/**
 * The invocations of a shard from its beginning to the first that reached the end. What stands behind that one was left by
 * an earlier attempt that handed on sooner, and covers records that are counted already.
 */
function chainOfShard(found: Found, pass: PassReference, { storeId }: StoreReference, shard: number): ShardEvidence[] {
  const chain: ShardEvidence[] = [];
  for (;;) {
    const next = found.get(placeOf(storeId, shard, chain.length));
    if (next === undefined) {
      throw new Failure(ErrorName.VERIFICATION_FAILED, {
        where: `${pass.family}, run ${pass.run}, pass ${pass.pass}, store ${storeId}, shard ${shard}`,
        what: 'evidence does not reach the end of the shard',
        given: `${chain.length} invocations`,
        allowed: 'invocations without a gap, the last one finished',
        remedy: 'repeat the shard in the same run and pass',
      });
    }
    chain.push(next);
    if (next.finished) return chain;
  }
}
