import { arnOfOtherRegion, invalidKeyId, malformedArn } from './errors';

/** One account in one Region of one partition. It has keys and aliases of its own. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** The meaning of a `KeyId` member. Whether the key or alias exists is not checked yet. */
export type KeyReference =
  | { readonly kind: 'key'; readonly keyId: string; readonly account: string }
  | { readonly kind: 'alias'; readonly aliasName: string; readonly account: string };

const KEY_ID = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;
const ARN = /^arn:([a-z0-9-]+):kms:([a-z0-9-]+):(\d{12}):(key|alias)\/(.+)$/;

export function keyArn(place: Place, keyId: string): string {
  return `arn:${place.partition}:kms:${place.region}:${place.account}:key/${keyId}`;
}

/** `aliasName` includes its prefix `alias/`, as everywhere in KMS. */
export function aliasArn(place: Place, aliasName: string): string {
  return `arn:${place.partition}:kms:${place.region}:${place.account}:${aliasName}`;
}

/** Reads a key id, key ARN, alias name or alias ARN, relative to the place that received the call. */
export function readKeyReference(given: string, place: Place): KeyReference {
  if (KEY_ID.test(given)) return { kind: 'key', keyId: given, account: place.account };
  if (given.startsWith('alias/')) return { kind: 'alias', aliasName: given, account: place.account };
  if (!given.startsWith('arn:')) throw invalidKeyId(given);
  const [, partition, region, account, kind, name] = ARN.exec(given) ?? [];
  if (region === undefined || account === undefined || name === undefined) throw malformedArn(given);
  if (region !== place.region || partition !== place.partition) throw arnOfOtherRegion(region);
  if (kind === 'alias') return { kind, aliasName: `alias/${name}`, account };
  if (!KEY_ID.test(name)) throw invalidKeyId(given);
  return { kind: 'key', keyId: name, account };
}
