import type { Certificate } from './certificate';
import { certificateKey } from './evidence';
import type { RecordCounts } from '../runs/reencryption';

/** Schema version of the evidence of a deletion. A reader of version n+1 reads n. */
export const DELETION_EVIDENCE_SCHEMA = 1;

/**
 * Observations of a generation after its certificate. Written before its deletion is scheduled. Contains
 * no personal data.
 */
export interface DeletionEvidence {
  readonly schema: typeof DELETION_EVIDENCE_SCHEMA;
  readonly family: string;
  readonly generation: number;
  readonly keyArn: string;
  /** The hash of the certificate on which the deletion is based. */
  readonly certificateHash: string;
  /** The observation period: enabled and fenced, decryption was still allowed. All times are ISO 8601. */
  readonly observed: {
    readonly from: string;
    readonly to: string;
    /** The last successful use that KMS reports, at any time before. Absent if there is none since KMS tracks usage. */
    readonly lastUse?: { readonly operation: string; readonly at: string; readonly eventId?: string };
  };
  /** The soak period: disabled, every call was refused, and the watch would have recorded it. */
  readonly soak: {
    readonly from: string;
    readonly to: string;
    /**
     * The days (UTC) on which the event of a watch probe proved that the watch works, and no other call was recorded.
     */
    readonly watchProbeDays: readonly string[];
    /** The day (UTC) of the last call by another principal, before those days. Absent if there was none. */
    readonly lastUsedOn?: string;
  };
  /** The census immediately before the deletion was scheduled. */
  readonly recount: { readonly run: string; readonly census: Certificate['census']; readonly total: RecordCounts };
  readonly pendingWindowDays: number;
}

/** Object key of the evidence, beside the certificate: one for each time that a deletion is scheduled. */
export function deletionEvidenceKey(alias: string, generation: number, certifiedSince: string, recountedAt: string): string {
  return `${besideCertificate(alias, generation, certifiedSince)}.deletion-${inObjectKey(recountedAt)}.json`;
}

/** Prefix of all evidence of a generation's certificates and deletions. */
export function deletionEvidencePrefix(alias: string, generation: number): string {
  return besideCertificate(alias, generation, '');
}

export function isDeletionEvidenceKey(key: string): boolean {
  return DELETION_TIME.test(key);
}

/** Whether the evidence behind an object key is of a deletion that was scheduled at a time or later. */
export function isDeletionScheduledSince(key: string, since: Date): boolean {
  const [, time] = DELETION_TIME.exec(key) ?? [];
  return time !== undefined && time >= inObjectKey(since.toISOString());
}

/** The time at the end of an object key of this evidence, without punctuation: `20260201T120000000Z`. */
const DELETION_TIME = /\.deletion-([0-9TZ]+)\.json$/;

function inObjectKey(time: string): string {
  return time.replace(/[^0-9TZ]/g, '');
}

function besideCertificate(alias: string, generation: number, certifiedSince: string): string {
  return certificateKey(alias, generation, certifiedSince).replace(/\.json$/, '');
}
