import type { PassMode, QuarantineReason, RecordCounts } from '../runs/reencryption';

/** Version of the evidence layout. A reader of version n+1 reads n. */
export const EVIDENCE_SCHEMA = 1;

/** The resource that a worker really opened as a store, as its service reports it. A name proves nothing. */
export interface OpenedStore {
  /** Region, account and name. */
  readonly arn: string;
  /** One for each creation: a table that was deleted and created again under the same name has another id. */
  readonly id: string;
}

/** What one worker invocation counted. All other counts are sums of these. */
export interface ShardEvidence {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly family: string;
  readonly run: string;
  readonly pass: number;
  readonly mode: PassMode;
  readonly storeId: string;
  /** Absent in evidence of earlier versions, which proves nothing about the resource. */
  readonly opened?: OpenedStore;
  readonly shard: number;
  readonly sequence: number;
  /**
   * Whether the end of the shard was reached. Unless every shard has such an object, a sum of counts proves nothing.
   */
  readonly finished: boolean;
  readonly counts: RecordCounts;
  /**
   * The ARNs of the older generations under which records were found: re-encrypted, counted, or not usable. Absent if
   * there were none.
   */
  readonly foundUnder?: readonly string[];
  /** Where this invocation began: the `cursor` of the one before. Absent for the first invocation of a shard. */
  readonly from?: string;
  /**
   * Where the next invocation continues; absent when `finished`. Derived from a primary key, so it may be personal
   * data: it is stored here only, and never in execution data, logs or certificates.
   */
  readonly cursor?: string;
  /** The quarantine behind `counts.quarantined`; absent when no record was quarantined. */
  readonly quarantineKey?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** KMS request ids, as CloudTrail records them. */
  readonly firstRequestId?: string;
  readonly lastRequestId?: string;
}

/** A quarantined record. Its locator may be personal data: it is stored here only. */
export interface QuarantineEntry {
  /** The record's primary key, as JSON. */
  readonly locator: string;
  readonly reason: QuarantineReason;
  /** Where, what is wrong, what to do. */
  readonly detail: string;
}

/**
 * The quarantine of one worker invocation. Valid only if a counts object names it: other quarantines come from attempts
 * without counts.
 */
export interface QuarantineEvidence {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly entries: readonly QuarantineEntry[];
}

/** The place of one invocation in a run. */
export type InvocationPlace = Pick<ShardEvidence, 'run' | 'pass' | 'storeId' | 'shard' | 'sequence'>;

/**
 * Object key of the evidence of one invocation. The object is written once: a repeated or late invocation finds it and
 * does not change it.
 *
 * A quarantine is named by a digest of its content, so that attempts which quarantine different records do not collide.
 */
export function evidenceKey(part: InvocationPlace, kind: 'counts' | `quarantine-${string}`): string {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  return `${evidencePrefix(part)}${part.storeId}/${digits(part.shard, 6)}/${digits(part.sequence, 6)}.${kind}.json`;
}

/** Prefix of all evidence of one pass of a run. */
export function evidencePrefix(part: Pick<ShardEvidence, 'run' | 'pass'>): string {
  return `runs/${runName(part.run)}/pass-${String(part.pass).padStart(3, '0')}/`;
}

/**
 * The id of a run begins with the ARN of its execution. In an object key its last parts are enough: state machine,
 * execution, and the time at which it started.
 */
function runName(run: string): string {
  return run.split(':').slice(-2).join('/');
}

/**
 * Failed KMS calls on a generation: of another principal (`use`), or a watch probe of this construct.
 *
 * There is one note an hour for each principal, operation and error: the first call that the watch received. A flood of
 * failed calls therefore does not grow the evidence.
 */
export interface UseEvidence {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly kind: 'use' | 'watch-probe';
  /** ISO 8601. */
  readonly at: string;
  readonly eventId: string;
  readonly operation: string;
  readonly errorCode: string;
  /** The ARN of the caller. */
  readonly principal: string;
  /** The ARN of the role of the caller, which is the same in every session. Absent in notes of earlier versions. */
  readonly role?: string;
}

/** Object key under which the watch records a use of a generation: by key, then by day, so that days can be counted. */
export function useEvidenceKey(keyId: string, { at }: Pick<UseEvidence, 'at'>, name: string): string {
  return `${useEvidencePrefix(keyId)}${at.slice(0, 10)}/${name}.json`;
}

/** Prefix of all evidence that the watch recorded about a generation. */
export function useEvidencePrefix(keyId: string): string {
  return `watch/${keyId}/`;
}

/**
 * Object key of a certificate. There is one for each time that the generation was certified: a certificate
 * is never overwritten.
 */
export function certificateKey(alias: string, generation: number, certifiedSince: string): string {
  return `${certificatePrefix(alias)}g${String(generation).padStart(4, '0')}-${certifiedSince.replace(/[^0-9TZ]/g, '')}.json`;
}

/** Prefix of all certificates of a family. */
export function certificatePrefix(alias: string): string {
  return `certificates/${alias.replace(/^alias\//, '')}/`;
}
