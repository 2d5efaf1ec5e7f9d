import { ALIAS_DIMENSION, METRIC_NAMESPACE } from '../../src/contract/family/family-metrics';
import type { RecordCounts, ShardRequest } from '../../src/contract/runs/reencryption';
import type { Measurement } from '../runtime/metrics';

/** The counts that people watch. */
const WATCHED = ['scanned', 'reEncrypted', 'alreadyCurrent', 'writeConflicts', 'quarantined', 'answeredCalls'] as const satisfies (keyof RecordCounts)[];

/** What one invocation has counted: numbers that add up over shards, stores and time. */
export function measureCounts({ family, store }: Pick<ShardRequest, 'family' | 'store'>, counts: RecordCounts, at: Date): Measurement {
  return {
    namespace: METRIC_NAMESPACE,
    dimensions: { [ALIAS_DIMENSION]: family, Store: store.storeId },
    values: Object.fromEntries(WATCHED.map((name) => [name, counts[name]])),
    at,
  };
}
