import { PENDING_WINDOW_DAYS, STAGING_LABEL_PREFIX } from '../../src/contract/limits';
import type { KeyDescription } from '../ports/keys';

const DAY = 24 * 3_600_000;

/** The properties of a key that its label contains. */
type LabelledKey = Pick<KeyDescription, 'keyArn' | 'keyId' | 'createdAt'>;

/** An account and Region, in which a key id names one key. */
export interface KeyPlace {
  readonly account: string;
  readonly region: string;
}

/**
 * The staging label that prevents the deletion of a secret version: one for each key and key material. It can only be
 * removed by a role that is able to prove that the key is deleted, so it names account, Region and day of creation.
 *
 * About 170 characters of the 256 that Secrets Manager allows.
 */
export function pinLabel({ keyArn, keyId, createdAt }: LabelledKey, keyMaterialId: string): string {
  const { account, region } = placeOf(keyArn);
  const created = createdAt.toISOString().slice(0, 'yyyy-mm-dd'.length);
  return `${STAGING_LABEL_PREFIX}${account}/${region}/${created}/${keyId}/${keyMaterialId}`;
}

/** The label that earlier versions of this library set. It still protects its version, and is never removed. */
export function formerPinLabel({ keyId }: Pick<KeyDescription, 'keyId'>, keyMaterialId: string): string {
  return `${STAGING_LABEL_PREFIX}${keyId}/${keyMaterialId}`;
}

const KEY_ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const LABEL = new RegExp(`^${STAGING_LABEL_PREFIX}([0-9]{12})/([a-z0-9-]+)/([0-9]{4}-[0-9]{2}-[0-9]{2})/(${KEY_ID})/[^/]+$`);

/**
 * The id of the key that a label names, if that key can be deleted: it is of this account and Region, where KMS can
 * be called for it, and was created so long ago that a deletion can be complete. `undefined` for every other label,
 * such as those of other owners and those of earlier versions.
 *
 * KMS deletes no key earlier than seven days after its creation. A key that is younger, and that KMS does not know, is
 * one that a read does not show yet.
 */
export function keyThatMayBeDeleted(label: string, place: KeyPlace, now: Date): string | undefined {
  const [, account, region, created = '', keyId] = LABEL.exec(label) ?? [];
  if (account !== place.account || region !== place.region) return undefined;
  // The label contains the day: the key may have been created at its end.
  const deletedAtTheEarliest = Date.parse(created) + (1 + PENDING_WINDOW_DAYS.min) * DAY;
  return deletedAtTheEarliest <= now.getTime() ? keyId : undefined;
}

/** The account and Region in the ARN of a key. */
export function placeOf(keyArn: string): KeyPlace {
  const [, , , region = '', account = ''] = keyArn.split(':');
  return { account, region };
}
