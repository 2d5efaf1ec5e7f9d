import type { Tags } from './keys';
import type { OpenedStore } from '../../src/contract/evidence/evidence';
import type { RecordOutcome } from '../../src/contract/runs/reencryption';

/**
 * A record's encryption context; `missing` when an attribute that it is made of is absent, or neither text nor number.
 */
export type RecordContext = { readonly kind: 'known'; readonly context: Tags } | { readonly kind: 'missing'; readonly attribute: string };

/** A record as a store read it. */
export interface StoredRecord {
  /** The primary key as JSON: where to find the record again. May be personal data. */
  readonly locator: string;
  /** What the data key attribute holds; `malformed` when that cannot be a blob. */
  readonly blob: Uint8Array | 'absent' | 'malformed';
  /** The kind and the size of what the data key attribute holds, for errors. Never its content. */
  readonly form: string;
  /** The recorded key id, exactly as the record contains it. */
  readonly recordedKeyId?: string;
  readonly encryptionContext: RecordContext;
  /** The contexts that an older record may have instead. Absent: none. */
  readonly formerContexts?: readonly RecordContext[];
  /** What the adapter needs at the write to detect a change. Opaque to its caller. */
  readonly seen: unknown;
}

/** One page of records of a shard. */
export interface RecordPage {
  readonly records: StoredRecord[];
  /** Absent at the end of the shard. */
  readonly nextCursor?: string;
}

/**
 * Result of a conditional write. `refused`: the store does not accept this record, whoever writes it, and says why. An
 * error that concerns every record is thrown.
 */
export type WriteOutcome = 'replaced' | 'changed' | 'deleted' | { readonly refused: string };

/** Reads and writes the records of one store, in shards. One adapter for each kind of store. */
export interface RecordStorePort {
  readonly storeId: string;
  readonly shards: number;
  /** Where the records are, for logs and errors: `table orders`. */
  readonly place: string;
  /** The resource that was really opened: evidence names it, so that a count of another resource proves nothing. */
  readonly opened: OpenedStore;
  /** Whether records of other keys are declared to be in this store, and are left as they are. */
  readonly skipsForeignRecords: boolean;
  /** The name of the attribute that contains the data key. */
  readonly dataKeyAttribute: string;
  /** Reads one page of a shard. */
  listPage(shard: number, cursor: string | undefined): Promise<RecordPage>;
  /** Reads a record again. Returns `undefined` if it is deleted. */
  read(locator: string): Promise<StoredRecord | undefined>;
  /** Writes the new blob if blob and context attributes are still those of `record`. */
  replaceIfUnchanged(record: StoredRecord, blob: Uint8Array, keyArn: string): Promise<WriteOutcome>;
  /** Returns attribute names of the first few items, for the error about a misspelled attribute. */
  sampleAttributeNames(): Promise<string[]>;
}

/** Reports progress: called once for each record that an invocation has finished. */
export interface ProgressPort {
  recordDone(storeId: string, outcome: RecordOutcome): void;
}
