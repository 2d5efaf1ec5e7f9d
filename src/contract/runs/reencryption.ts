/** Purpose of a pass over a store. */
export type PassMode =
  /**
   * Re-encrypts every record under the current generation. If the recorded key id names that generation, the call to
   * KMS is saved.
   */
  | 're-encrypt'
  /** The same, but ignores recorded key ids: it corrects records whose recorded key id is wrong. */
  | 're-encrypt-every-blob'
  /** Counts, and ignores recorded key ids: every blob is sent to KMS (ReEncrypt). Writes nothing. */
  | 'census'
  /** Counts what `re-encrypt` would do. Writes nothing. */
  | 'dry-run';

/** Whether a pass skips a record whose recorded key id names the current generation. */
export function trustsRecordedKeyIds(mode: PassMode): boolean {
  return mode === 're-encrypt' || mode === 'dry-run';
}

/** Whether a pass writes to the stores. */
export function writesRecords(mode: PassMode): boolean {
  return mode === 're-encrypt' || mode === 're-encrypt-every-blob';
}

/** Outcome of a record. Each record that is read has exactly one outcome. */
export type RecordOutcome =
  | 'withoutDataKey' | 'reEncrypted' | 'alreadyCurrent' | 'underOldGeneration' | 'underOtherGeneration' | 'foreign'
  | 'quarantined' | 'deleted';

/** Outcomes of the records of one or more shards. `scanned` is the sum of the eight outcomes after it. */
export interface RecordCounts {
  /** Items read. */
  readonly scanned: number;
  /** Items without the data key attribute. They are not records. */
  readonly withoutDataKey: number;
  /** Written back under the current generation. */
  readonly reEncrypted: number;
  /** Found under the current generation. */
  readonly alreadyCurrent: number;
  /**
   * Found under an older generation and not re-encrypted. In a finished re-encryption pass: 0, unless applications
   * changed the records faster.
   */
  readonly underOldGeneration: number;
  /** Found under an older generation that this census does not count: another run empties that generation. */
  readonly underOtherGeneration: number;
  /**
   * Encrypted under a key that is not a generation of this family, in a store that is declared to hold such records.
   * They are left as they are. 0 in evidence of earlier versions.
   */
  readonly foreign: number;
  /** Quarantined, with a reason. */
  readonly quarantined: number;
  /** Deleted by an application before the worker wrote them. */
  readonly deleted: number;
  /**
   * Writes that failed because an application changed the record after the worker read it. Each record was read again.
   */
  readonly writeConflicts: number;
  /** ReEncrypt calls to which KMS returned a blob or a refusal. Throttled and failed attempts are not counted. */
  readonly answeredCalls: number;
  /** Records whose recorded key id was not usable, because it is not a key id or ARN (for example, an alias). */
  readonly unusableKeyIds: number;
}

/** Counts before the first record. */
export const NO_RECORDS: RecordCounts = {
  scanned: 0,
  withoutDataKey: 0,
  reEncrypted: 0,
  alreadyCurrent: 0,
  underOldGeneration: 0,
  underOtherGeneration: 0,
  foreign: 0,
  quarantined: 0,
  deleted: 0,
  writeConflicts: 0,
  answeredCalls: 0,
  unusableKeyIds: 0,
};

/** Sum of the counts of two disjoint sets of records. A count that an earlier version did not have is 0. */
export function addCounts(one: RecordCounts, other: RecordCounts): RecordCounts {
  const sum: { [name: string]: number } = {};
  for (const name of Object.keys(NO_RECORDS) as (keyof RecordCounts)[]) sum[name] = (one[name] ?? 0) + (other[name] ?? 0);
  return sum as unknown as RecordCounts;
}

/** Why a record was quarantined. */
export type QuarantineReason =
  /** The blob was encrypted under a key that is not a generation of this family. */
  | 'foreign-key'
  /** The attribute is neither binary nor base64, or its content is not a CiphertextBlob of KMS. */
  | 'malformed-blob'
  /** An attribute of the encryption context is missing, or is neither a string nor a number. */
  | 'context-missing'
  /** KMS refuses the blob with this encryption context: the context is wrong, or the blob is damaged. */
  | 'context-or-blob-wrong'
  /** The store refuses the write of this record, and of no other one: it is too large, for example. */
  | 'not-writable';

/** The generations of a family as the worker needs them: key ARNs only. */
export interface GenerationArns {
  /** The generation under which every record must be encrypted. */
  readonly current: string;
  /** The generations under which a record may be encrypted: all of the family, including the current one. */
  readonly all: readonly string[];
  /** The older generations that a census counts. Absent: all except the current one. */
  readonly counted?: readonly string[];
}

/** One part of one pass: the request to a worker. Plain JSON, because it passes through state machines. */
export interface ShardRequest {
  readonly family: string;
  readonly run: string;
  readonly pass: number;
  readonly mode: PassMode;
  readonly store: StoreReference;
  readonly shard: number;
  readonly generations: GenerationArns;
  /**
   * 0 for the first invocation of the shard in this pass, then 1 more for each. An invocation continues where the
   * evidence of the one before ends.
   */
  readonly sequence: number;
}

/** The members of a store description that a request repeats. */
export interface StoreReference {
  readonly storeId: string;
  readonly shards: number;
}

/**
 * Result of one worker invocation. It contains no record, blob or locator: the position is stored in the evidence only.
 */
export interface ShardProgress {
  readonly finished: boolean;
  /** The sequence of the invocation that continues. */
  readonly sequence: number;
}
