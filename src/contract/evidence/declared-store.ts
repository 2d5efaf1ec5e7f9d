import type { EVIDENCE_SCHEMA } from './evidence';
import type { StorePlace } from '../stores/store-place';

/**
 * A store that a rotating key has declared. It is written once and never removed, so that a store that is no longer
 * declared does not look like a store without records.
 */
export interface DeclaredStoreEvidence extends StorePlace {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly family: string;
  readonly storeId: string;
  /** ISO 8601. */
  readonly recordedAt: string;
}

/** Prefix of all stores that a family has ever declared. */
export function declaredStorePrefix(alias: string): string {
  return `stores/${alias.replace(/^alias\//, '')}/`;
}

/** Whether an object key names a store of this family, and not of one whose alias is longer, in the same bucket. */
export function isDeclaredStoreKey(alias: string, key: string): boolean {
  const prefix = declaredStorePrefix(alias);
  return key.startsWith(prefix) && !key.slice(prefix.length).includes('/');
}

/** Object key of a declared store. The digest is of its place, because an attribute can have a name of any length. */
export function declaredStoreKey(alias: string, digest: string): string {
  return `${declaredStorePrefix(alias)}${digest}.json`;
}
