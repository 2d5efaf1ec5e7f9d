import { ALIAS_DIMENSION, METRIC_NAMESPACE } from '../../src/contract/family/family-metrics';
import { STORE_DIMENSION, StoreMetric } from '../../src/contract/family/store-metrics';
import type { RecordCounts, ShardRequest } from '../../src/contract/runs/reencryption';
import type { Measurement } from '../runtime/metrics';

/** The count behind each published metric. */
const PUBLISHED: { readonly [metric in StoreMetric]: keyof RecordCounts } = {
  [StoreMetric.RECORDS_SCANNED]: 'scanned',
  [StoreMetric.RECORDS_RE_ENCRYPTED]: 'reEncrypted',
  [StoreMetric.RECORDS_ALREADY_CURRENT]: 'alreadyCurrent',
  [StoreMetric.WRITE_CONFLICTS]: 'writeConflicts',
  [StoreMetric.RECORDS_QUARANTINED]: 'quarantined',
  [StoreMetric.ANSWERED_CALLS]: 'answeredCalls',
};

/** The counts of one invocation, as metrics of its store. */
export function measureCounts({ family, store }: Pick<ShardRequest, 'family' | 'store'>, counts: RecordCounts, at: Date): Measurement {
  return {
    namespace: METRIC_NAMESPACE,
    dimensions: { [ALIAS_DIMENSION]: family, [STORE_DIMENSION]: store.storeId },
    values: Object.fromEntries(Object.entries(PUBLISHED).map(([metric, count]) => [metric, counts[count]])),
    at,
  };
}
