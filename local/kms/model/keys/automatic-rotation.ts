import { isPendingDeletion, isPrimaryOrSingleRegion, type KmsKey } from './kms-key';
import { symmetricMaterial } from '../../crypto/secrets/generate-material';
import type { Rotation } from '../material/material-history';
import { scheduleFrom } from '../material/rotation-schedule';

/**
 * The time of the next automatic rotation of this key; `Infinity` if none is due in its present state.
 *
 * A key that is disabled or pending deletion is not rotated and keeps its schedule: an overdue rotation happens as
 * soon as the key is enabled again. Related multi-Region keys share key materials and schedule, and the primary
 * key follows it.
 */
export function nextAutomaticRotation(key: KmsKey): number {
  if (key.disabled || isPendingDeletion(key) || !isPrimaryOrSingleRegion(key)) return Infinity;
  return key.materials.schedule?.nextAt ?? Infinity;
}

/** Rotates a key that is due. */
export function rotateWhenDue(key: KmsKey, moment: number): void {
  const { schedule } = key.materials;
  if (schedule === undefined || nextAutomaticRotation(key) > moment) return;
  rotateToGeneratedMaterial(key, { type: 'AUTOMATIC', at: moment });
  key.materials.schedule = scheduleFrom(moment, schedule.periodInDays);
}

export function rotateToGeneratedMaterial(key: KmsKey, rotation: Rotation): void {
  const material = symmetricMaterial(key.keyId);
  key.materials.put({ ...material, use: 'PENDING_ROTATION' });
  key.materials.rotateTo(material.id, rotation);
}
