import type { EVIDENCE_SCHEMA } from './evidence';

/**
 * A key before a rotating key adopted it: its key policy, which is stored nowhere else, and the tags that the adoption
 * changes. If the adoption is rolled back, both are restored.
 */
export interface FormerState {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly kind: 'former-state';
  readonly keyArn: string;
  readonly policy: string;
  /** Values of the tags of this construct. Absent: the key had no such tag. */
  readonly tags: { readonly [name: string]: string };
  /** When it was read, ISO 8601. */
  readonly at: string;
  /** Digest of the properties before the Update that adopted the key. Absent: a Create adopted it. */
  readonly propertiesBefore?: string;
}

/** Prefix of the former states of a key, the earliest first. */
export function formerStatePrefix(alias: string, keyId: string): string {
  return `adoptions/${alias}/${keyId}/`;
}

export function formerStateKey(alias: string, keyId: string, sequence: number): string {
  return `${formerStatePrefix(alias, keyId)}${String(sequence).padStart(6, '0')}.json`;
}
