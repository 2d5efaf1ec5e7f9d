import type { PassMode, QuarantineReason, RecordCounts } from './reencryption';

/** Version of the evidence layout. A reader of version n+1 reads n. */
export const EVIDENCE_SCHEMA = 1;

/** What one worker invocation found: the atom that all counts are summed from. */
export interface ShardEvidence {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly family: string;
  readonly run: string;
  readonly pass: number;
  readonly mode: PassMode;
  readonly storeId: string;
  readonly shard: number;
  readonly sequence: number;
  /** Whether the end of the shard was reached: without such an object for every shard, a sum of counts proves nothing. */
  readonly finished: boolean;
  readonly counts: RecordCounts;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** KMS request ids that CloudTrail knows. */
  readonly firstRequestId?: string;
  readonly lastRequestId?: string;
}

/** A record that was set aside. Its locator may be personal data: it stands here and nowhere else. */
export interface QuarantineEntry {
  /** The record's primary key, as JSON. */
  readonly locator: string;
  readonly reason: QuarantineReason;
  /** Where, what is wrong, what to do. */
  readonly detail: string;
}

/** The quarantine of one worker invocation. It counts only when the counts object beside it says `quarantined` above 0. */
export interface QuarantineEvidence {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly entries: readonly QuarantineEntry[];
}

/** Where an evidence object lives: repeating an invocation overwrites its own object, so counts stay exact. */
export function evidenceKey(part: Pick<ShardEvidence, 'run' | 'pass' | 'storeId' | 'shard' | 'sequence'>, kind: 'counts' | 'quarantine'): string {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  return `${evidencePrefix(part)}${part.storeId}/${digits(part.shard, 6)}/${digits(part.sequence, 6)}.${kind}.json`;
}

/** Everything that one pass of a run left behind. */
export function evidencePrefix(part: Pick<ShardEvidence, 'run' | 'pass'>): string {
  return `${part.run}/pass-${String(part.pass).padStart(3, '0')}/`;
}
