import { isPendingDeletion, leads, type KmsKey } from './kms-key';
import { symmetricMaterial } from '../../crypto/secrets/generate-material';
import type { Rotation } from '../material/material-history';
import { scheduleFrom } from '../material/rotation-schedule';

/**
 * When time will rotate this key; `Infinity` when never as it stands.
 *
 * A key that is disabled or waits for its deletion is not rotated and keeps its schedule: what became overdue meanwhile happens as soon as
 * the key is enabled again. Related multi-Region keys share materials and schedule, and the primary key is the one that follows it.
 */
export function nextAutomaticRotation(key: KmsKey): number {
  if (key.disabled || isPendingDeletion(key) || !leads(key)) return Infinity;
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
