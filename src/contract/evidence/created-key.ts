import type { EVIDENCE_SCHEMA } from './evidence';

/**
 * A key that a run created as a generation, written before the key claims its number. Tags name a family, but every
 * principal can tag a key of its own: a key without an alias is a generation only if this object names it.
 */
export interface CreatedKey {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly kind: 'created-key';
  readonly keyArn: string;
  readonly generation: number;
}

export function createdKeyKey(alias: string, keyId: string): string {
  return `generations/${alias}/${keyId}.json`;
}
