import { certificateKey, certificatePrefix } from './evidence';
import type { RecordCounts } from '../runs/reencryption';
import type { StorePlace } from '../stores/store-place';

/** Version of the certificate. Published as docs/certificate.schema.json; a reader of version n+1 reads n. */
export const CERTIFICATE_SCHEMA = 1;

/**
 * What a census cannot count. Every certificate contains this list, so that no reader relies on it for more
 * than it proves.
 */
export const LIMITATIONS: readonly string[] = [
  'Backups and point-in-time recovery: they can contain records that are encrypted under the old generation until they expire.',
  'Exports of stores, in any location.',
  'Streams and queues that contain items of a store.',
  'Noncurrent versions of Amazon S3 objects.',
  'Denied calls from other AWS accounts: CloudTrail records them in the calling account only.',
  'Stores and copies that are not declared in the rotating key.',
];

/** A store as it was counted. */
export interface CertifiedStore {
  readonly storeId: string;
  readonly tableName: string;
  /** The table that the census opened, and its id: a table that is created again under the same name has another id. */
  readonly tableArn: string;
  readonly tableId: string;
  readonly dataKeyAttribute: string;
  /**
   * `skip`: records of other keys are declared to be in the table. They were counted as `foreign`, and left as they
   * are.
   */
  readonly foreignRecords?: 'quarantine' | 'skip';
  readonly counts: RecordCounts;
}

/** What the owner had declared when the census ran. */
export interface CertifiedDeclaration {
  readonly propagationDelaySeconds: number;
  readonly dataKeyMaxAgeSeconds: number;
  readonly observationDays: number;
  readonly soakDays: number;
  readonly backupRetentionDays: number;
  readonly pendingWindowDays: number;
}

/**
 * Proof that no record of the declared stores is encrypted under a generation, with the way it was counted. Contains no
 * personal data.
 */
export interface Certificate {
  readonly schema: typeof CERTIFICATE_SCHEMA;
  /** The alias of the family. */
  readonly family: string;
  readonly owner: string;
  /** The number of the certified generation. */
  readonly generation: number;
  readonly keyArn: string;
  /** The generation under which the records are encrypted instead. */
  readonly currentGeneration: number;
  readonly currentKeyArn: string;
  /** The run that counted: the ARN of its execution, `@` and the time at which it started. */
  readonly run: string;
  readonly pass: number;
  /**
   * When the fence was first confirmed to be in force: since then no principal can encrypt under the generation. All
   * times are ISO 8601.
   */
  readonly fencedSince: string;
  /** When the census of a rotation found no record encrypted under it. */
  readonly emptiedSince: string;
  /**
   * Whether the rotation that replaced it would have detected consumers that fail. `unknown`: the watch did not receive
   * its own probe, so missing failures prove nothing. Absent in certificates of earlier versions.
   */
  readonly consumerWatch?: 'proven' | 'unknown';
  readonly census: {
    readonly startedAt: string;
    readonly endedAt: string;
    /** KMS request ids, as CloudTrail records them. Absent if no record was sent to KMS. */
    readonly firstRequestId?: string;
    readonly lastRequestId?: string;
  };
  readonly stores: readonly CertifiedStore[];
  /** The stores that the owner had released when the census ran: their records were not counted. Absent: none. */
  readonly releasedStores?: readonly StorePlace[];
  readonly total: RecordCounts;
  /** No certificate is written if a record was quarantined. */
  readonly quarantined: 0;
  readonly declared: CertifiedDeclaration;
  readonly limitations: readonly string[];
  readonly issuedAt: string;
  /** The hash of the previous certificate of the family. Absent from the first one. */
  readonly previousHash?: string;
  /** SHA-256 of everything else, in hex: see `certificateText`. */
  readonly hash: string;
}

/**
 * The text whose SHA-256 is the hash of a certificate: the certificate without its hash, as JSON without whitespace,
 * with the members of every object sorted by name (by UTF-16 code units), in UTF-8. It can be computed in any language.
 */
export function certificateText(certificate: Omit<Certificate, 'hash'> & { readonly hash?: string }): string {
  return canonicalJson({ ...certificate, hash: undefined });
}

/** JSON without whitespace, with the members of every object sorted by name: the same text for the same content. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** Whether an object key names a certificate of the family, and not evidence that is stored beside it. */
export function isCertificateKey(alias: string, key: string): boolean {
  const prefix = certificatePrefix(alias);
  return key.startsWith(prefix) && /^g\d{4,}-[0-9TZ]+\.json$/.test(key.slice(prefix.length));
}

/** Schema version of a recount. A reader of version n+1 reads n. */
export const RECOUNT_SCHEMA = 1;

/** Proof that a census in the pending window, while the deletion could still be cancelled, found no record again. */
export interface RecountEvidence {
  readonly schema: typeof RECOUNT_SCHEMA;
  readonly family: string;
  readonly generation: number;
  readonly keyArn: string;
  readonly run: string;
  readonly pass: number;
  readonly census: Certificate['census'];
  /** The stores that were counted. A store that is declared later was not, so the recount proves nothing then. */
  readonly stores: readonly StorePlace[];
  readonly total: RecordCounts;
  readonly recordedAt: string;
}

/**
 * Object key of the recount in the pending window, beside the certificate: a key that is pending deletion cannot
 * be tagged. There is one for each time that a deletion was scheduled, so that an earlier recount never counts for
 * a later deletion.
 */
export function recountKey(alias: string, generation: number, certifiedSince: string, recountedAt: string): string {
  const beside = certificateKey(alias, generation, certifiedSince).replace(/\.json$/, '');
  return `${beside}.recount-${recountedAt.replace(/[^0-9TZ]/g, '')}.json`;
}
