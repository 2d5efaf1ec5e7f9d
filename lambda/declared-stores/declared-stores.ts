import { createHash } from 'node:crypto';
import { canonicalJson } from '../../src/contract/evidence/certificate';
import {
  declaredStoreKey, declaredStorePrefix, isDeclaredStoreKey, type DeclaredStoreEvidence,
} from '../../src/contract/evidence/declared-store';
import { EVIDENCE_SCHEMA } from '../../src/contract/evidence/evidence';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import type { StoreDescription } from '../../src/contract/stores/store-description';
import type { StorePlace } from '../../src/contract/stores/store-place';
import type { Clock } from '../ports/clock';
import type { EvidencePort } from '../ports/evidence';

interface Ports {
  readonly evidence: Pick<EvidencePort, 'writeOnce' | 'list'>;
  readonly clock: Pick<Clock, 'now'>;
}

type Stores = readonly Pick<StoreDescription, 'storeId' | 'tableArn' | 'dataKeyAttribute'>[];

/**
 * Records every declared store in the evidence. A store stays there when it is no longer declared, so that no
 * generation is retired while its records are not counted.
 */
export async function recordStores(alias: string, stores: Stores, { evidence, clock }: Ports): Promise<void> {
  if (stores.length === 0) return;
  const recorded = new Set(await evidence.list(declaredStorePrefix(alias)));
  for (const store of stores) {
    const key = keyOf(alias, store);
    if (recorded.has(key)) continue;
    const { storeId, tableArn, dataKeyAttribute } = store;
    const content: DeclaredStoreEvidence = {
      schema: EVIDENCE_SCHEMA, family: alias, storeId, tableArn, dataKeyAttribute, recordedAt: clock.now().toISOString(),
    };
    await evidence.writeOnce(key, content);
  }
}

/** Pure: the stores that another description does not declare with the same table and attribute. */
export function storesWithout<Store extends StorePlace>(stores: readonly Store[], others: readonly StorePlace[]): readonly Store[] {
  return stores.filter((store) => !others.some((other) => isSamePlace(store, other)));
}

/** Pure: whether a store is the same table and the same attribute. Its id and its shards do not matter. */
export function isSamePlace(one: StorePlace, other: StorePlace): boolean {
  return one.tableArn === other.tableArn && one.dataKeyAttribute === other.dataKeyAttribute;
}

/**
 * The stores that were declared at any time, and are neither declared the same now nor released. A census does not
 * count their records. An object that cannot be read, or that was changed, is returned with its key.
 */
export async function findUncountedStores(
  { alias, stores, releasedStores = [] }: Pick<FamilyDescription, 'alias' | 'stores' | 'releasedStores'>,
  evidence: Pick<EvidencePort, 'list' | 'read'>,
): Promise<readonly StorePlace[]> {
  const counted = new Set([...stores, ...releasedStores].map((store) => keyOf(alias, store)));
  const uncounted = (await evidence.list(declaredStorePrefix(alias))).filter((key) => isDeclaredStoreKey(alias, key) && !counted.has(key));
  return Promise.all(uncounted.map(async (key) => {
    const { tableArn = `unknown (${key})`, dataKeyAttribute = 'unknown' } = await evidence.read<Partial<StorePlace>>(key) ?? {};
    return { tableArn, dataKeyAttribute };
  }));
}

function keyOf(alias: string, { tableArn, dataKeyAttribute }: StorePlace): string {
  const digest = createHash('sha256').update(canonicalJson({ tableArn, dataKeyAttribute })).digest('hex');
  return declaredStoreKey(alias, digest);
}
