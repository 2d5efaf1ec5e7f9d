import type { PassMode, QuarantineReason, RecordCounts } from '../runs/reencryption';

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
  /** Where this invocation began: the `cursor` of the one before. Absent for the first invocation of a shard. */
  readonly from?: string;
  /**
   * Where the next invocation goes on; absent when `finished`. Made of a primary key, so it may be personal data: it stands here and in
   * no execution data, log or certificate.
   */
  readonly cursor?: string;
  /** The quarantine behind `counts.quarantined`; absent when nothing was set aside. */
  readonly quarantineKey?: string;
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

/** The quarantine of one worker invocation. It counts only when a counts object names it: others were left by attempts that do not count. */
export interface QuarantineEvidence {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly entries: readonly QuarantineEntry[];
}

/** The place of one invocation in a run. */
export type InvocationPlace = Pick<ShardEvidence, 'run' | 'pass' | 'storeId' | 'shard' | 'sequence'>;

/**
 * Where an evidence object lives. It is written once: a repeated or late invocation finds it there, and what it says stays.
 *
 * A quarantine is named by a digest of what it holds, so that attempts which set different records aside do not meet.
 */
export function evidenceKey(part: InvocationPlace, kind: 'counts' | `quarantine-${string}`): string {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  return `${evidencePrefix(part)}${part.storeId}/${digits(part.shard, 6)}/${digits(part.sequence, 6)}.${kind}.json`;
}

/** Everything that one pass of a run left behind. */
export function evidencePrefix(part: Pick<ShardEvidence, 'run' | 'pass'>): string {
  return `runs/${runName(part.run)}/pass-${String(part.pass).padStart(3, '0')}/`;
}

/** A run is the ARN of an execution; as part of an object's key its last words say enough: machine and execution. */
function runName(run: string): string {
  return run.split(':').slice(-2).join('/');
}

/** A call to KMS that somebody else made and that a generation was asked for, or the echo of our own. */
export interface UseEvidence {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly kind: 'use' | 'echo';
  /** ISO 8601. */
  readonly at: string;
  readonly eventId: string;
  readonly operation: string;
  readonly errorCode: string;
  /** The ARN of the caller. */
  readonly principal: string;
}

/** Where the watch notes a use of a generation: by key, then day, so that days can be counted. */
export function useEvidenceKey(keyId: string, use: Pick<UseEvidence, 'at' | 'eventId'>): string {
  return `${useEvidencePrefix(keyId)}${use.at.slice(0, 10)}/${use.eventId}.json`;
}

/** Everything that the watch has noted about a generation. */
export function useEvidencePrefix(keyId: string): string {
  return `watch/${keyId}/`;
}

/** Where the certificate of a generation is kept. One for each time that it was certified: what was said stays said. */
export function certificateKey(alias: string, generation: number, certifiedSince: string): string {
  return `${certificatePrefix(alias)}g${String(generation).padStart(4, '0')}-${certifiedSince.replace(/[^0-9TZ]/g, '')}.json`;
}

/** All certificates of a family. */
export function certificatePrefix(alias: string): string {
  return `certificates/${alias.replace(/^alias\//, '')}/`;
}
