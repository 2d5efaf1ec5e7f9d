import { storesWithout } from './declared-stores';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import type { StorePlace } from '../../src/contract/stores/store-place';

type Place = StorePlace & { readonly storeId: string };

/**
 * The stores that a deployment no longer declares with the same table and attribute. Lenient: the earlier description
 * can be of another version of this library, and its stores must be recorded nevertheless.
 */
export function formerStores(earlier: unknown, now: Pick<FamilyDescription, 'stores'>): readonly Place[] {
  return storesWithout(storesIn(parse(earlier)), now.stores);
}

/** The stores of a description of any version. What is malformed is left out: it names no place. */
export function storesIn(description: unknown): Place[] {
  const { stores } = membersOf(description);
  return (Array.isArray(stores) ? stores as unknown[] : []).flatMap((store) => {
    const { storeId, tableArn, dataKeyAttribute } = membersOf(store);
    if (typeof tableArn !== 'string' || typeof dataKeyAttribute !== 'string') return [];
    return [{ storeId: typeof storeId === 'string' ? storeId : 'unknown', tableArn, dataKeyAttribute }];
  });
}

function parse(json: unknown): unknown {
  if (typeof json !== 'string') return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null ? value as { readonly [name: string]: unknown } : {};
}
