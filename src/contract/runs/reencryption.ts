/** What a pass over a store is for. */
export type PassMode =
  /** Puts every record under the current generation. A recorded key id that names it already saves the call. */
  | 're-encrypt'
  /** The same, and believes no recorded key id: it heals records whose note is wrong. */
  | 're-encrypt-every-blob'
  /** Counts, and believes no recorded key id: every blob is put to KMS. Writes nothing. */
  | 'census'
  /** Tells what `re-encrypt` would do. Writes nothing. */
  | 'dry-run';

/** Whether a pass leaves a record alone because its recorded key id names the current generation. */
export function trustsRecordedKeyIds(mode: PassMode): boolean {
  return mode === 're-encrypt' || mode === 'dry-run';
}

/** Whether a pass writes to the stores. */
export function writesRecords(mode: PassMode): boolean {
  return mode === 're-encrypt' || mode === 're-encrypt-every-blob';
}

/** What may become of a record. Each record that is read ends as exactly one of them. */
export type RecordOutcome =
  | 'withoutDataKey' | 'reEncrypted' | 'alreadyCurrent' | 'underOldGeneration' | 'underOtherGeneration' | 'quarantined' | 'deleted';

/** What became of the records of one or many shards. `scanned` is the sum of the seven outcomes after it. */
export interface RecordCounts {
  /** Items read. */
  readonly scanned: number;
  /** Items without the data key attribute: not records. */
  readonly withoutDataKey: number;
  /** Written back under the current generation. */
  readonly reEncrypted: number;
  /** Found under the current generation. */
  readonly alreadyCurrent: number;
  /** Found under an older generation and left so: always 0 in a finished re-encryption pass that was not outrun by writers. */
  readonly underOldGeneration: number;
  /** Found under an older generation that this census does not look for: another run empties that one. */
  readonly underOtherGeneration: number;
  /** Set aside with a reason. */
  readonly quarantined: number;
  /** Deleted by the application before they could be written. */
  readonly deleted: number;
  /** Times that an application changed a record between our read and our write; each was read again. */
  readonly writeConflicts: number;
  /** ReEncrypt calls that KMS answered, with a blob or with a refusal. Throttled and failed attempts are not answers. */
  readonly answeredCalls: number;
  /** Records whose recorded key id is not a key id or ARN (an alias, say), so it gave no hint. */
  readonly unusableKeyIds: number;
}

/** Nothing seen yet. */
export const NO_RECORDS: RecordCounts = {
  scanned: 0,
  withoutDataKey: 0,
  reEncrypted: 0,
  alreadyCurrent: 0,
  underOldGeneration: 0,
  underOtherGeneration: 0,
  quarantined: 0,
  deleted: 0,
  writeConflicts: 0,
  answeredCalls: 0,
  unusableKeyIds: 0,
};

/** Counts of two disjoint parts, taken together. */
export function addCounts(one: RecordCounts, other: RecordCounts): RecordCounts {
  const sum: { [name: string]: number } = {};
  for (const name of Object.keys(NO_RECORDS) as (keyof RecordCounts)[]) sum[name] = one[name] + other[name];
  return sum as unknown as RecordCounts;
}

/** Why a record was set aside. */
export type QuarantineReason =
  /** The blob was made by a key that is no generation of this family. */
  | 'foreign-key'
  /** The attribute holds neither bytes nor base64, or nothing that KMS could have made. */
  | 'malformed-blob'
  /** An attribute of the encryption context is absent, or not text or number. */
  | 'context-missing'
  /** KMS refuses blob and context together: the context is another one, or the blob was damaged. */
  | 'context-or-blob-wrong';

/** The generations of a family as the worker needs them: key ARNs only. */
export interface GenerationArns {
  /** Where every record must end. */
  readonly current: string;
  /** Where records may come from: every generation of the family, the current one included. */
  readonly all: readonly string[];
  /** The older generations that a census looks for. Absent: every one but the current. */
  readonly counted?: readonly string[];
}

/** One part of one pass, as handed to a worker. Plain data: it travels through state machines. */
export interface ShardRequest {
  readonly family: string;
  readonly run: string;
  readonly pass: number;
  readonly mode: PassMode;
  readonly store: StoreReference;
  readonly shard: number;
  readonly generations: GenerationArns;
  /** 0 for the first invocation of the shard in this pass, then one more each time. It goes on where the evidence of the one before ends. */
  readonly sequence: number;
}

/** The part of a store's description that a request repeats. */
export interface StoreReference {
  readonly storeId: string;
  readonly shards: number;
}

/** What one worker invocation hands on. It holds no record, no blob, no locator: where to go on stands in the evidence. */
export interface ShardProgress {
  readonly finished: boolean;
  /** The sequence of the invocation that goes on. */
  readonly sequence: number;
}
