import { isPrimaryOrSingleRegion } from '../../model/keys/kms-key';
import { stateOf } from '../../model/keys/states';
import { KEY_ID } from '../../protocol/members';
import { integer, optional, structure } from '../../protocol/shape';
import { operation, seconds } from '../call/operation';

const DAY = 24 * 60 * 60 * 1000;
const MAX_PENDING_WINDOW = 30;

const SCHEDULE_KEY_DELETION = structure({
  KeyId: KEY_ID,
  PendingWindowInDays: optional(integer({ min: 7, max: MAX_PENDING_WINDOW })),
});

/**
 * Schedules the deletion of a key. The key cannot be used from now on; when its pending window is over on the virtual
 * clock, it is deleted with its aliases.
 *
 * A primary key is deleted last: its pending window begins when its last replica is deleted.
 */
export const scheduleKeyDeletion = operation(SCHEDULE_KEY_DELETION, async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('ScheduleKeyDeletion', key);
  const days = request.PendingWindowInDays ?? MAX_PENDING_WINDOW;
  if (key.multiRegion !== undefined && isPrimaryOrSingleRegion(key) && key.multiRegion.replicaRegions.length > 0) {
    key.deletionWindowInDays = days;
    return { KeyId: key.arn, KeyState: stateOf(key), PendingWindowInDays: days };
  }
  key.deletionAt = call.now + days * DAY;
  call.store.expectEffectAt(key.deletionAt);
  return { KeyId: key.arn, DeletionDate: seconds(key.deletionAt), KeyState: stateOf(key), PendingWindowInDays: days };
});

/**
 * Cancels the deletion of a key. The key is disabled afterwards, never enabled: enabling it is a separate decision.
 */
export const cancelKeyDeletion = operation(structure({ KeyId: KEY_ID }), async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('CancelKeyDeletion', key);
  key.deletionAt = undefined;
  key.deletionWindowInDays = undefined;
  key.disabled = true;
  return { KeyId: key.arn };
});
