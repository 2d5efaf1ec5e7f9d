import { certificateKey, certificatePrefix } from './evidence';
import type { RecordCounts } from '../runs/reencryption';

/** Version of the certificate. Published as docs/certificate.schema.json; a reader of version n+1 reads n. */
export const CERTIFICATE_SCHEMA = 1;

/** What no census of the stores can see. It stands in every certificate, so that nobody takes it for more than it is. */
export const LIMITATIONS: readonly string[] = [
  'Backups and point-in-time recovery: what they hold may stand under the old generation until they have expired.',
  'Exports of stores, wherever they are kept.',
  'Streams and queues that carry items of a store.',
  'Noncurrent versions of objects.',
  'Calls of other accounts that were denied: CloudTrail logs them there only.',
  'Stores and copies that nobody has declared.',
];

/** A store as it was counted. */
export interface CertifiedStore {
  readonly storeId: string;
  readonly tableName: string;
  readonly dataKeyAttribute: string;
  readonly counts: RecordCounts;
}

/** What the owner had declared when the census was made. */
export interface CertifiedDeclaration {
  readonly propagationDelaySeconds: number;
  readonly dataKeyMaxAgeSeconds: number;
  readonly observationDays: number;
  readonly soakDays: number;
  readonly backupRetentionDays: number;
  readonly pendingWindowDays: number;
}

/** Says that no record of the declared stores stands under a generation, and how that was found out. It holds no personal data. */
export interface Certificate {
  readonly schema: typeof CERTIFICATE_SCHEMA;
  /** The alias of the family. */
  readonly family: string;
  readonly owner: string;
  /** What is certified. */
  readonly generation: number;
  readonly keyArn: string;
  /** Under which generation records stand instead. */
  readonly currentGeneration: number;
  readonly currentKeyArn: string;
  /** The ARN of the execution that counted. */
  readonly run: string;
  readonly pass: number;
  /** When the last writer's right to make anything new under the generation had gone. ISO 8601, as are all times here. */
  readonly fencedSince: string;
  /** When a rotation had found nothing under it. */
  readonly emptiedSince: string;
  readonly census: {
    readonly startedAt: string;
    readonly endedAt: string;
    /** KMS request ids that CloudTrail knows. Absent where no record was put to KMS. */
    readonly firstRequestId?: string;
    readonly lastRequestId?: string;
  };
  readonly stores: readonly CertifiedStore[];
  readonly total: RecordCounts;
  /** No certificate is written where records were set aside. */
  readonly quarantined: 0;
  readonly declared: CertifiedDeclaration;
  readonly limitations: readonly string[];
  readonly issuedAt: string;
  /** The hash of the certificate that the family got before this one. Absent from its first. */
  readonly previousHash?: string;
  /** SHA-256 of everything else, in hex: see `certificateText`. */
  readonly hash: string;
}

/**
 * What the hash of a certificate is made of: the certificate without its hash, as JSON without blanks, the members of every object in
 * the order of their names (by UTF-16 code units), in UTF-8. Anybody can compute it again, in any language.
 */
export function certificateText(certificate: Omit<Certificate, 'hash'> & { readonly hash?: string }): string {
  return canonicalJson({ ...certificate, hash: undefined });
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** Is this the key of a certificate of the family, and not of something that is kept beside it? */
export function isCertificateKey(alias: string, key: string): boolean {
  const prefix = certificatePrefix(alias);
  return key.startsWith(prefix) && /^g\d{4,}-[0-9TZ]+\.json$/.test(key.slice(prefix.length));
}

/** Version of the note that a recount leaves behind. A reader of version n+1 reads n. */
export const RECOUNT_SCHEMA = 1;

/** Says that the stores were counted to zero once more while the deletion could still be cancelled. */
export interface RecountEvidence {
  readonly schema: typeof RECOUNT_SCHEMA;
  readonly family: string;
  readonly generation: number;
  readonly keyArn: string;
  readonly run: string;
  readonly pass: number;
  readonly census: Certificate['census'];
  readonly total: RecordCounts;
  readonly recordedAt: string;
}

/**
 * Where the recount in the pending window is noted, beside the certificate: a key that waits for its deletion takes no tags. One for
 * each time that a deletion was scheduled, so that an earlier recount never speaks for a later deletion.
 */
export function recountKey(alias: string, generation: number, certifiedSince: string, recountedAt: string): string {
  const beside = certificateKey(alias, generation, certifiedSince).replace(/\.json$/, '');
  return `${beside}.recount-${recountedAt.replace(/[^0-9TZ]/g, '')}.json`;
}
