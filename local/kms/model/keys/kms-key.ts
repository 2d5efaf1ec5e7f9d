import type { KeySpec, KeyUsage } from '../../protocol/key-spec';
import type { Grant } from '../grants/grant';
import type { KeyMaterials } from '../material/key-material';
import type { FormerValues } from '../time/former-values';

export type KeyOrigin = 'AWS_KMS' | 'EXTERNAL';

export interface Tag {
  readonly TagKey: string;
  readonly TagValue: string;
}

/** The last successful use of a key, as GetKeyLastUsage returns it. */
export interface KeyUse {
  readonly operation: string;
  readonly at: number;
  readonly requestId: string;
  readonly eventId: string;
}

/** Related multi-Region keys: one key id in several Regions. All of them share one object of this type. */
export interface MultiRegionGroup {
  primaryRegion: string;
  /** Regions that have a replica, in the order of creation. */
  replicaRegions: readonly string[];
  /** Set while a replica is becoming the primary key: its Region, and the time in epoch milliseconds. */
  nextPrimary?: { readonly region: string; readonly at: number };
}

/** A state that ends by itself at a time of the virtual clock. */
export interface Transition {
  readonly state: 'Creating' | 'Updating';
  /** Epoch milliseconds. */
  readonly until: number;
}

/**
 * A KMS key: what is fixed for its life, and what calls may change. Its key state is not stored: it follows from these.
 */
export interface KmsKey {
  readonly keyId: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly createdAt: number;
  readonly origin: KeyOrigin;
  readonly keySpec: KeySpec;
  readonly keyUsage: KeyUsage;
  /** AWS manages the key for a service. @default - the account manages it */
  readonly manager?: 'AWS';
  /**
   * Related keys of origin AWS_KMS share their key materials; related keys of origin EXTERNAL each have their own.
   */
  readonly materials: KeyMaterials;
  /** Present in multi-Region keys only. */
  readonly multiRegion?: MultiRegionGroup;
  description: string;
  policy: string;
  /** Former policies that are still enforced while the present one propagates. Absent if there are none. */
  formerPolicies?: FormerValues<string>;
  tags: readonly Tag[];
  disabled: boolean;
  transition?: Transition;
  /** Set while deletion is pending, in epoch milliseconds. */
  deletionAt?: number;
  /** Set while the deletion of a primary key waits for its replicas: the length of its pending window. */
  deletionWindowInDays?: number;
  /** By grant id. They are deleted with the key. */
  readonly grants: Map<string, Grant>;
  lastUse?: KeyUse;
  /** The last use of an earlier period, while that of the present period is not reported yet. */
  reportedUse?: KeyUse;
}

/** The number of the reporting period of a moment. Uses of a period are reported when it is over. */
export function periodOf(moment: number, periodMilliseconds: number): number {
  return periodMilliseconds === 0 ? moment : Math.floor(moment / periodMilliseconds);
}

/** Whether the key is a primary key or has no related keys. */
export function isPrimaryOrSingleRegion(key: KmsKey): boolean {
  return key.multiRegion === undefined || key.multiRegion.primaryRegion === key.region;
}

export function isPendingDeletion(key: KmsKey): boolean {
  return key.deletionAt !== undefined || key.deletionWindowInDays !== undefined;
}

/**
 * Whether the key is a symmetric encryption key. Only these have several key materials, rotation, and visible key
 * material ids.
 */
export function isSymmetric(key: KmsKey): boolean {
  return key.keySpec === 'SYMMETRIC_DEFAULT';
}
