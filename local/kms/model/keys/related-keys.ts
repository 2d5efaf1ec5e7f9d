import type { KmsKey, MultiRegionGroup } from './kms-key';
import type { Place } from '../../protocol/identifiers';

const DAY = 24 * 60 * 60 * 1000;

/** Where related keys are looked for. */
interface StoresByPlace {
  at(place: Place): { readonly keys: ReadonlyMap<string, KmsKey>; expectEffectAt(moment: number): void };
}

/** The Regions that have one of the related keys. */
export function regionsOf({ primaryRegion, replicaRegions }: MultiRegionGroup): string[] {
  return [primaryRegion, ...replicaRegions];
}

/** Lets the primary key and a replica change roles, when the moment for it has come. */
export function movePrimaryWhenDue(group: MultiRegionGroup, moment: number): void {
  const { nextPrimary, primaryRegion } = group;
  if (nextPrimary === undefined || nextPrimary.at > moment) return;
  group.replicaRegions = group.replicaRegions.map((region) => (region === nextPrimary.region ? primaryRegion : region));
  group.primaryRegion = nextPrimary.region;
  group.nextPrimary = undefined;
}

/** A key has vanished from its place. If it was the last replica, the window of a primary key that waited for that begins. */
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
