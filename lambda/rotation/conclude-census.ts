import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import type { CensusResult } from '../../src/contract/rotation-run';
import type { PassCounts } from '../reencrypt/sum-pass';
import { Failure } from '../runtime/failure';

/** Pure: what a census says, unless it was blind. A store full of items that hold no data key was described wrongly, and is no zero. */
export function concludeCensus(description: FamilyDescription, counts: PassCounts, startedAt: Date): CensusResult {
  for (const store of description.stores) {
    const seen = counts.byStore[store.storeId];
    if (seen === undefined || seen.scanned === 0 || seen.scanned > seen.withoutDataKey) continue;
    throw new Failure(ErrorName.STORE_MISMATCH, {
      where: `${description.alias}, store ${store.storeId} (table ${store.tableName})`,
      what: `none of ${seen.scanned} items has the attribute that is said to hold the data key`,
      given: store.dataKeyAttribute,
      remedy: 'correct dataKeyAttribute of this store, or take the store away; the old generations stay enabled',
    });
  }
  return { startedAt: startedAt.toISOString(), underOldGeneration: counts.total.underOldGeneration, quarantined: counts.total.quarantined };
}
