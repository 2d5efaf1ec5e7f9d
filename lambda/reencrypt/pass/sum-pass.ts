import pLimit from 'p-limit';
import { ErrorName } from '../../../src/contract/error-names';
import { evidenceKey, evidencePrefix, type OpenedStore, type ShardEvidence } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import { addCounts, NO_RECORDS, type RecordCounts, type StoreReference } from '../../../src/contract/runs/reencryption';
import { isOlderThanRun } from '../../../src/contract/runs/run-id';
import type { StoreDescription } from '../../../src/contract/stores/store-description';
import type { EvidencePort } from '../../ports/evidence';

/** A pass over all stores of a family. */
export interface PassReference {
  readonly family: string;
  readonly run: string;
  readonly pass: number;
  readonly stores: readonly DeclaredStore[];
}

/** A store as it is declared, and the resource that it must have been. */
export type DeclaredStore = StoreReference & Pick<StoreDescription, 'tableArn'>;

/** The sums of a whole pass. */
export interface PassCounts {
  readonly total: RecordCounts;
  readonly byStore: { readonly [storeId: string]: RecordCounts };
  /** The ARNs of the older generations under which records were found. */
  readonly foundUnder: readonly string[];
  /** The resource that every invocation of the pass opened, for each store. */
  readonly opened: { readonly [storeId: string]: OpenedStore };
  /** Evidence objects with the quarantine that is counted. Attempts that do not count may have written others. */
  readonly quarantineKeys: readonly string[];
}

/** Evidence objects read at the same time. */
const CONCURRENT_READS = 32;

/**
 * Adds up a pass from its evidence. The sums are exact, even if invocations were stopped and repeated.
 *
 * The evidence is refused if it is older than the run, if it does not reach the end of every shard of every store, or
 * if an invocation did not begin where the previous one ended: records that were not counted must not appear as zero.
 * It is also refused if the invocations of a store did not all open the declared resource, and the same one: a count of
 * another table, or of two tables of the same name, proves nothing.
 */
export async function sumPass(evidence: Pick<EvidencePort, 'list' | 'read'>, pass: PassReference): Promise<PassCounts> {
  const found = new Set(await evidence.list(evidencePrefix(pass)));
  const limit = pLimit(CONCURRENT_READS);
  const read = (key: string) => limit(() => evidence.read<ShardEvidence>(key));
  const byStore: { [storeId: string]: RecordCounts } = {};
  const opened: { [storeId: string]: OpenedStore } = {};
  const quarantineKeys: string[] = [];
  const foundUnder = new Set<string>();
  for (const store of pass.stores) {
    const shards = Array.from({ length: store.shards }, (_, shard) => sumShard(pass, store, shard, found, read));
    const sums = await Promise.all(shards);
    opened[store.storeId] = openedIn(pass, store, sums.flatMap((sum) => sum.opened));
    byStore[store.storeId] = sums.map(({ counts }) => counts).reduce(addCounts, NO_RECORDS);
    for (const arn of sums.flatMap((sum) => sum.foundUnder)) foundUnder.add(arn);
    quarantineKeys.push(...sums.flatMap((sum) => sum.quarantineKeys));
  }
  return { total: Object.values(byStore).reduce(addCounts, NO_RECORDS), byStore, opened, foundUnder: [...foundUnder], quarantineKeys };
}

/** The sums of one shard, and what each of its invocations opened. */
interface ShardSum {
  readonly counts: RecordCounts;
  readonly opened: readonly (OpenedStore | undefined)[];
  readonly foundUnder: readonly string[];
  readonly quarantineKeys: readonly string[];
}

/** The one resource that all invocations opened, if it is the declared one. */
function openedIn(pass: PassReference, { storeId, tableArn }: DeclaredStore, found: ShardSum['opened']): OpenedStore {
  const [first] = found;
  if (first?.arn === tableArn && found.every((each) => each?.arn === first.arn && each.id === first.id)) return first;
  const names = new Set(found.map((each) => (each === undefined ? 'not recorded' : `${each.arn} with id ${each.id}`)));
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: `${pass.family}, run ${pass.run}, pass ${pass.pass}, store ${storeId}`,
    what: 'the pass did not read one and the same table, the declared one, to its end',
    given: [...names].join(', '),
    allowed: `${tableArn}, with the same id in every invocation`,
    remedy: 'start a new run, which counts the table as it is now; a table that is deleted and created again has another id',
  });
}

/** Adds up the invocations of a shard. Each must continue where the previous one stopped, up to the end. */
async function sumShard(
  pass: PassReference, { storeId }: StoreReference, shard: number,
  found: ReadonlySet<string>, read: (key: string) => Promise<ShardEvidence | undefined>,
): Promise<ShardSum> {
  const keyOf = (sequence: number) => evidenceKey({ run: pass.run, pass: pass.pass, storeId, shard, sequence }, 'counts');
  const keys: string[] = [];
  while (found.has(keyOf(keys.length))) keys.push(keyOf(keys.length));
  const chain = await Promise.all(keys.map(read));
  const old = chain.find((each) => each !== undefined && isOlderThanRun(pass.run, each));
  if (old !== undefined) throw olderThanRun(pass, old);
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
    foundUnder: invocations.flatMap((invocation) => invocation.foundUnder ?? []),
    opened: invocations.map(({ opened }) => opened),
    quarantineKeys: invocations.flatMap(({ quarantineKey }) => quarantineKey ?? []),
  };
}

function olderThanRun({ family, run, pass }: PassReference, { storeId, shard, startedAt }: ShardEvidence): Failure {
  return new Failure(ErrorName.VERIFICATION_FAILED, {
    where: `${family}, run ${run}, pass ${pass}, store ${storeId}, shard ${shard}`,
    what: 'evidence is older than its run, so another run has written it',
    given: startedAt,
    allowed: 'evidence that was written after the run started',
    remedy: 'find which principals write to the evidence bucket (CloudTrail: PutObject), then start a new run',
  });
}

/** Whether an invocation began where the previous one stopped, or the first one at the beginning of the shard. */
function continues({ from }: ShardEvidence, previous: ShardEvidence | undefined): boolean {
  if (previous === undefined) return from === undefined;
  return !previous.finished && from === previous.cursor;
}
