import { type Duration } from 'aws-cdk-lib';
import type { StoreDescription } from '../../contract/stores/store-description';

/** A store as a rotating key uses it. */
export interface BoundStore {
  /** The store as the worker reads it. */
  readonly description: StoreDescription;
  /** How far back the store can be restored. Complete only at validation. Undefined if it is unknown. */
  readonly backupRetention: () => Duration | undefined;
}
