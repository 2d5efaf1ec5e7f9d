import { type Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { StoreDescription } from '../../contract/stores/store-description';

/** A store as a rotating key uses it. */
export interface BoundStore {
  /** The store as the worker reads it. */
  readonly description: StoreDescription;
  /** How far back the store can be restored. Optional: without it, that is unknown. */
  readonly backupRetention?: Duration;
  /** The permissions that must exist before the worker uses the store. */
  readonly permissions: readonly iam.Grant[];
}
