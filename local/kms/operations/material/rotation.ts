import { rotateToGeneratedMaterial } from '../../model/keys/automatic-rotation';
import { isPendingDeletion, isSymmetric, isPrimaryOrSingleRegion, type KmsKey } from '../../model/keys/kms-key';
import { requireState, type KeyOperation } from '../../model/keys/states';
import type { Rotation } from '../../model/material/material-history';
import { scheduleFrom } from '../../model/material/rotation-schedule';
import { conflict, invalidState, limitExceeded, notPrimary, unsupported, unsupportedOrigin } from '../../protocol/errors';
import { KEY_ID } from '../../protocol/members';
import { integer, optional, structure } from '../../protocol/shape';
import type { Call } from '../call/call';
import { operation, seconds } from '../call/operation';

/** The limit for the whole life of a key. It cannot be reset. */
const MAX_ON_DEMAND_ROTATIONS = 25;
/** The time before an automatic rotation in which no on-demand rotation can begin. */
const CLOSE_TO_AUTOMATIC_ROTATION = 20 * 60 * 1000;
const DEFAULT_PERIOD_IN_DAYS = 365;

/**
 * Rotates on demand. The rotation is complete when the call returns; AWS needs some seconds more. It does not change
 * the schedule of automatic rotation.
 */
export const rotateKeyOnDemand = operation(structure({ KeyId: KEY_ID }), async (request, call) => {
  const key = await keyToRotate('RotateKeyOnDemand', request.KeyId, call);
  if (key.materials.onDemandRotations >= MAX_ON_DEMAND_ROTATIONS) {
    throw limitExceeded(
      'The on-demand rotations limit has been reached for the given keyId. '
      + `No more on-demand rotations can be performed for this key: ${key.arn}`);
  }
  const { schedule } = key.materials;
  if (schedule !== undefined && schedule.nextAt - call.now <= CLOSE_TO_AUTOMATIC_ROTATION) throw conflict(key.arn);
  const rotation: Rotation = { type: 'ON_DEMAND', at: call.now };
  if (key.origin === 'EXTERNAL') rotateToPendingMaterial(key, rotation);
  else rotateToGeneratedMaterial(key, rotation);
  return { KeyId: key.arn };
});

/** Related keys share one history, so that the rotation of the primary key is the rotation of all. */
function rotateToPendingMaterial({ arn, materials }: KmsKey, rotation: Rotation): void {
  const { pending } = materials;
  if (pending === undefined || !materials.isEverywhere(pending.id)) {
    throw invalidState(`No available key material pending rotation for the key: ${arn}.`);
  }
  materials.rotateTo(pending.id, rotation);
}

const ENABLE_KEY_ROTATION = structure({
  KeyId: KEY_ID,
  RotationPeriodInDays: optional(integer({ min: 90, max: 2560 })),
});

/** Enables automatic rotation. The first rotation is due one period after this call. */
export const enableKeyRotation = operation(ENABLE_KEY_ROTATION, async (request, call) => {
  const key = await keyOfAutomaticRotation('EnableKeyRotation', request.KeyId, call);
  const { schedule } = key.materials;
  // Unconfirmed for AWS: a call that changes nothing does not move the next date, and an omitted period
  // keeps its value.
  const periodInDays = request.RotationPeriodInDays ?? schedule?.periodInDays ?? DEFAULT_PERIOD_IN_DAYS;
  if (periodInDays === schedule?.periodInDays) return;
  key.materials.schedule = scheduleFrom(call.now, periodInDays);
  call.store.expectEffectAt(key.materials.schedule.nextAt);
});

export const disableKeyRotation = operation(structure({ KeyId: KEY_ID }), async (request, call) => {
  const key = await keyOfAutomaticRotation('DisableKeyRotation', request.KeyId, call);
  key.materials.schedule = undefined;
});

/**
 * Returns the rotation status. An on-demand rotation is never in progress here, so that its start is never returned.
 */
export const getKeyRotationStatus = operation(structure({ KeyId: KEY_ID }), async (request, call) => {
  const key = call.keyByIdInAnyAccount(request.KeyId);
  await call.authorize('GetKeyRotationStatus', key);
  requireState('GetKeyRotationStatus', key);
  requireSymmetric(key);
  const { schedule } = key.materials;
  if (schedule === undefined || isPendingDeletion(key)) return { KeyId: key.arn, KeyRotationEnabled: false };
  return {
    KeyId: key.arn, KeyRotationEnabled: true, NextRotationDate: seconds(schedule.nextAt), RotationPeriodInDays: schedule.periodInDays,
  };
});

async function keyOfAutomaticRotation(name: KeyOperation, keyId: string, call: Call): Promise<KmsKey> {
  const key = await keyToRotate(name, keyId, call);
  if (key.origin !== 'AWS_KMS') throw unsupportedOrigin(key.arn, key.origin);
  return key;
}

/**
 * The key to rotate. Its state is checked before whether it can be rotated at all, and related keys are rotated through
 * their primary key.
 */
async function keyToRotate(name: KeyOperation, keyId: string, call: Call): Promise<KmsKey> {
  const key = call.keyById(keyId);
  await call.admit(name, key);
  requireSymmetric(key);
  if (!isPrimaryOrSingleRegion(key)) throw notPrimary(key.arn);
  return key;
}

export function requireSymmetric(key: KmsKey): void {
  if (!isSymmetric(key)) throw unsupported();
}
