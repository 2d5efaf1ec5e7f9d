import { nextAutomaticRotation, rotateWhenDue } from './automatic-rotation';
import { leads, type KmsKey } from './kms-key';
import { movePrimaryWhenDue } from './related-keys';

/** What a moment brings to a key that stays: a state passes, material expires, KMS rotates. */
export function letTimeAct(key: KmsKey, moment: number): void {
  if (key.transition !== undefined && key.transition.until <= moment) key.transition = undefined;
  if (key.multiRegion !== undefined) movePrimaryWhenDue(key.multiRegion, moment);
  for (const id of key.materials.expired(moment)) forgetMaterial(key, id);
  rotateWhenDue(key, moment);
}

/** The next moment at which time will change something about a key; `Infinity` when none is in sight. */
export function nextEffectOn(key: KmsKey): number {
  return Math.min(
    key.deletionAt ?? Infinity, key.transition?.until ?? Infinity, key.materials.nextExpiry, nextAutomaticRotation(key));
}

/**
 * Takes the bytes of a material from a key, because somebody or time wants it so.
 *
 * Material that waits for its rotation belongs to the key that will rotate: when it goes there, it goes from all related keys.
 */
export function forgetMaterial(key: KmsKey, id: string): void {
  if (leads(key) && key.materials.pending?.id === id) key.materials.abandon(id);
  else key.materials.forget(id);
}
