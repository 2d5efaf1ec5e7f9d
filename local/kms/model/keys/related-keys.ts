import type { KmsKey, MultiRegionGroup } from './kms-key';
import type { Place } from '../../protocol/identifiers';

const DAY = 24 * 60 * 60 * 1000;

/** The stores in which related keys are found. */
interface StoresByPlace {
  at(place: Place): { readonly keys: ReadonlyMap<string, KmsKey>; expectEffectAt(moment: number): void };
}

/** The Regions that have one of the related keys. */
export function regionsOf({ primaryRegion, replicaRegions }: MultiRegionGroup): string[] {
  return [primaryRegion, ...replicaRegions];
}

/** Exchanges the roles of the primary key and a replica, if this is due. */
export function movePrimaryWhenDue(group: MultiRegionGroup, moment: number): void {
  const { nextPrimary, primaryRegion } = group;
  if (nextPrimary === undefined || nextPrimary.at > moment) return;
  group.replicaRegions = group.replicaRegions.map((region) => (region === nextPrimary.region ? primaryRegion : region));
  group.primaryRegion = nextPrimary.region;
  group.nextPrimary = undefined;
}

/**
 * Removes a deleted key from its related keys. If it was the last replica, the pending window of a waiting
 * primary key begins.
 */
export function leaveRelatedKeys({ keyId, region, multiRegion: group }: KmsKey, place: Place, stores: StoresByPlace, moment: number): void {
  if (group === undefined) return;
  group.replicaRegions = group.replicaRegions.filter((each) => each !== region);
  const store = stores.at({ ...place, region: group.primaryRegion });
  const primary = store.keys.get(keyId);
  if (primary?.deletionWindowInDays === undefined || group.replicaRegions.length > 0) return;
  primary.deletionAt = moment + primary.deletionWindowInDays * DAY;
  primary.deletionWindowInDays = undefined;
  store.expectEffectAt(primary.deletionAt);
}
