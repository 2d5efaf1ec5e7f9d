import { nextAutomaticRotation, rotateWhenDue } from './automatic-rotation';
import { isPrimaryOrSingleRegion, type KmsKey } from './kms-key';
import { movePrimaryWhenDue } from './related-keys';

/** Applies the effects of time to a key that is not deleted: a state passes, key material expires, KMS rotates. */
export function applyTime(key: KmsKey, moment: number): void {
  if (key.transition !== undefined && key.transition.until <= moment) key.transition = undefined;
  if (key.multiRegion !== undefined) movePrimaryWhenDue(key.multiRegion, moment);
  for (const id of key.materials.expired(moment)) removeMaterial(key, id);
  rotateWhenDue(key, moment);
}

/** The next time at which the state of a key changes by itself; `Infinity` if there is none. */
export function nextEffectOn(key: KmsKey): number {
  return Math.min(
    key.deletionAt ?? Infinity, key.transition?.until ?? Infinity, key.materials.nextExpiry, nextAutomaticRotation(key));
}

/**
 * Removes key material from a key, because a call or its expiry requires it.
 *
 * Key material that is pending rotation belongs to the primary key: if it is removed there, it is removed from all
 * related keys.
 */
export function removeMaterial(key: KmsKey, id: string): void {
  if (isPrimaryOrSingleRegion(key) && key.materials.pending?.id === id) key.materials.abandon(id);
  else key.materials.forget(id);
}
