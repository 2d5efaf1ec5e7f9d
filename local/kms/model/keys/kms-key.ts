import type { KeySpec, KeyUsage } from '../../protocol/key-spec';
import type { Grant } from '../grants/grant';
import type { KeyMaterials } from '../material/key-material';
import type { FormerValues } from '../time/former-values';

export type KeyOrigin = 'AWS_KMS' | 'EXTERNAL';

export interface Tag {
  readonly TagKey: string;
  readonly TagValue: string;
}

/** The last time a key was used with success, as GetKeyLastUsage tells it. */
export interface KeyUse {
  readonly operation: string;
  readonly at: number;
  readonly requestId: string;
  readonly eventId: string;
}

/** Related multi-Region keys: one key id in several Regions. All of them refer to one such object. */
export interface MultiRegionGroup {
  primaryRegion: string;
  /** Regions that have a replica, in the order in which they were made. */
  replicaRegions: readonly string[];
  /** Set while a replica is on its way to become the primary key: its Region, and when, in epoch milliseconds. */
  nextPrimary?: { readonly region: string; readonly at: number };
}

/** A state that passes by itself, when the virtual clock reaches a moment. */
export interface Transition {
  readonly state: 'Creating' | 'Updating';
  /** Epoch milliseconds. */
  readonly until: number;
}

/** A KMS key: what is fixed for its life, and what calls may change. Its state is not stored: it follows from these. */
export interface KmsKey {
  readonly keyId: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly createdAt: number;
  readonly origin: KeyOrigin;
  readonly keySpec: KeySpec;
  readonly keyUsage: KeyUsage;
  /** Related AWS_KMS keys share theirs; related EXTERNAL keys each have their own. */
  readonly materials: KeyMaterials;
  /** Present in multi-Region keys only. */
  readonly multiRegion?: MultiRegionGroup;
  description: string;
  policy: string;
  /** Policies that still decide while the present one spreads. Absent when none does. */
  formerPolicies?: FormerValues<string>;
  tags: readonly Tag[];
  disabled: boolean;
  transition?: Transition;
  /** Set while deletion is pending, in epoch milliseconds. */
  deletionAt?: number;
  /** Set while a primary key waits to be deleted until its replicas are gone: how long it is to wait then. */
  deletionWindowInDays?: number;
  /** By grant id. They end with the key. */
  readonly grants: Map<string, Grant>;
  lastUse?: KeyUse;
}

/** Whether the key speaks for its related keys: it is the primary one, or has none. */
export function leads(key: KmsKey): boolean {
  return key.multiRegion === undefined || key.multiRegion.primaryRegion === key.region;
}

export function isPendingDeletion(key: KmsKey): boolean {
  return key.deletionAt !== undefined || key.deletionWindowInDays !== undefined;
}

/** Symmetric encryption keys are the only ones with several materials, rotation, and material ids that callers see. */
export function isSymmetric(key: KmsKey): boolean {
  return key.keySpec === 'SYMMETRIC_DEFAULT';
}
