import type { Certificate } from './certificate';
import { certificateKey } from './evidence';
import type { RecordCounts } from '../runs/reencryption';

/** Version of the deletion's evidence. A reader of version n+1 reads n. */
export const DELETION_EVIDENCE_SCHEMA = 1;

/** What was seen of a generation after its certificate, written down before its deletion is scheduled. It holds no personal data. */
export interface DeletionEvidence {
  readonly schema: typeof DELETION_EVIDENCE_SCHEMA;
  readonly family: string;
  readonly generation: number;
  readonly keyArn: string;
  /** The hash of the certificate that it goes on from. */
  readonly certificateHash: string;
  /** Enabled and fenced: everybody could still decrypt. ISO 8601, as are all times here. */
  readonly observed: {
    readonly from: string;
    readonly to: string;
    /** The last successful use that KMS knew of, whenever it was: not later than this allows. Absent: none since KMS keeps track. */
    readonly lastUse?: { readonly operation: string; readonly at: string; readonly eventId?: string };
  };
  /** Disabled: whoever asked was refused, and would have been seen. */
  readonly soak: {
    readonly from: string;
    readonly to: string;
    /** The days (UTC) on which the watch proved itself, and nobody else asked. */
    readonly echoDays: readonly string[];
    /** The day (UTC) of the last call of somebody else, before those days. Absent: nobody asked. */
    readonly lastUsedOn?: string;
  };
  /** The count immediately before. */
  readonly recount: { readonly run: string; readonly census: Certificate['census']; readonly total: RecordCounts };
  readonly pendingWindowDays: number;
}

/** Where it is kept, beside the certificate: one for each time that a deletion is scheduled. */
export function deletionEvidenceKey(alias: string, generation: number, certifiedSince: string, recountedAt: string): string {
  return `${besideCertificate(alias, generation, certifiedSince)}.deletion-${recountedAt.replace(/[^0-9TZ]/g, '')}.json`;
}

/** All evidence of a generation's certificates and deletions begins so. */
export function deletionEvidencePrefix(alias: string, generation: number): string {
  return besideCertificate(alias, generation, '');
}

export function isDeletionEvidenceKey(key: string): boolean {
  return /\.deletion-[0-9TZ]+\.json$/.test(key);
}

function besideCertificate(alias: string, generation: number, certifiedSince: string): string {
  return certificateKey(alias, generation, certifiedSince).replace(/\.json$/, '');
}
