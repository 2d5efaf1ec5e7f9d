import { createAwsManagedKey } from './aws-managed-key';
import { keyMetadata } from './key-metadata';
import { nextEffectOn } from '../../model/keys/effects-of-time';
import { periodOf, type KeyUse, type KmsKey } from '../../model/keys/kms-key';
import { GRANT_TOKENS, KEY_ID, LIMIT, MARKER } from '../../protocol/members';
import { page } from '../../protocol/pages';
import { optional, structure, text } from '../../protocol/shape';
import type { Call } from '../call/call';
import { operation, seconds } from '../call/operation';

export const describeKey = operation(structure({ KeyId: KEY_ID, GrantTokens: optional(GRANT_TOKENS) }), async (request, call) => {
  await createAwsManagedKey(call, request.KeyId);
  const key = call.keyByAnyName(request.KeyId);
  await call.admit('DescribeKey', key);
  return { KeyMetadata: keyMetadata(key) };
});

export const listKeys = operation(structure({ Limit: optional(LIMIT), Marker: optional(MARKER) }), async (request, call) => {
  await call.authorize('ListKeys');
  const keys = [...call.store.keys.values()].map((key) => ({ position: key.keyId, entry: { KeyId: key.keyId, KeyArn: key.arn } }));
  const { entries, ...end } = page('ListKeys', keys, request, { default: 100, max: 1000 });
  return { Keys: entries, ...end };
});

export const enableKey = operation(structure({ KeyId: KEY_ID }), async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('EnableKey', key);
  key.disabled = false;
  // An automatic rotation that became overdue while the key was disabled happens now.
  call.store.expectEffectAt(Math.max(call.now, nextEffectOn(key)));
});

export const disableKey = operation(structure({ KeyId: KEY_ID }), async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('DisableKey', key);
  key.disabled = true;
});

export const updateKeyDescription = operation(structure({ KeyId: KEY_ID, Description: text({ max: 8192 }) }), async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('UpdateKeyDescription', key);
  key.description = request.Description;
});

export const getKeyLastUsage = operation(structure({ KeyId: KEY_ID }), async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('GetKeyLastUsage', key);
  const use = reportedUse(key, call);
  return {
    KeyId: key.keyId,
    KeyLastUsage: use === undefined
      ? {}
      : { Operation: use.operation, Timestamp: seconds(use.at), CloudTrailEventId: use.eventId, KmsRequestId: use.requestId },
    TrackingStartDate: seconds(key.createdAt),
    KeyCreationDate: seconds(key.createdAt),
  };
});

/** The last use, unless it is too recent to be reported: then the last one of an earlier period, if there is one. */
function reportedUse({ lastUse, reportedUse: earlier }: KmsKey, call: Call): KeyUse | undefined {
  const { usageMilliseconds } = call.setting.propagation.delays;
  if (lastUse === undefined || usageMilliseconds === 0) return lastUse;
  return periodOf(lastUse.at, usageMilliseconds) < periodOf(call.now, usageMilliseconds) ? lastUse : earlier;
}
