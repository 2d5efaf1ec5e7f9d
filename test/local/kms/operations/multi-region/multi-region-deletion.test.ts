import * as fc from 'fast-check';
import { OTHER_REGION, regionsToldBy, relatedKeys, stateOf, THIRD_REGION } from './multi-region-bench';
import { DAY, describeKey, encryptText, REGION, refusalOf, THE_BEGINNING } from '../../local-kms-bench';

const after = (days: number) => new Date(THE_BEGINNING.getTime() + days * DAY);

test('a replica is deleted separately, and its related keys stay usable', async () => {
  const { server, primary, other, third, KeyId, arnIn } = await relatedKeys([OTHER_REGION, THIRD_REGION]);
  await other.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId });
  expect(await other.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })).toMatchObject(
    { KeyId: arnIn(OTHER_REGION), KeyState: 'PendingDeletion', DeletionDate: after(7), PendingWindowInDays: 7 });
  expect(await regionsToldBy(primary, KeyId)).toEqual([REGION, OTHER_REGION, THIRD_REGION]);

  server.clock.advance(7 * DAY);

  expect(await refusalOf(other.describeKey({ KeyId }))).toBe(`NotFoundException: Key '${arnIn(OTHER_REGION)}' does not exist`);
  expect((await other.listAliases({})).Aliases).toEqual([]);
  for (const each of [primary, third]) expect(await regionsToldBy(each, KeyId)).toEqual([REGION, THIRD_REGION]);
  await primary.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION });
  expect(await other.decrypt({ CiphertextBlob: await encryptText(primary, KeyId, 'text') })).toMatchObject({ KeyId: arnIn(OTHER_REGION) });
});

test('the deletion of a primary key waits for its replicas: its window is returned, its date is unknown, and the key cannot be used', async () => {
  const { server, primary, KeyId, arnIn } = await relatedKeys([OTHER_REGION]);

  const { $metadata, ...answer } = await primary.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 10 });

  expect($metadata.httpStatusCode).toBe(200);
  expect(answer).toEqual({ KeyId: arnIn(REGION), KeyState: 'PendingReplicaDeletion', PendingWindowInDays: 10 });
  server.clock.advance(1000 * DAY);
  const key = await describeKey(primary, KeyId);
  expect(key).toMatchObject({ KeyState: 'PendingReplicaDeletion', Enabled: false, PendingDeletionWindowInDays: 10 });
  expect(key.DeletionDate).toBeUndefined();
  const refused = `KMSInvalidStateException: ${arnIn(REGION)} is pending replica deletion.`;
  expect(await refusalOf(encryptText(primary, KeyId, 'text'))).toBe(refused);
  expect(await refusalOf(primary.scheduleKeyDeletion({ KeyId }))).toBe(refused);
  expect(await refusalOf(primary.replicateKey({ KeyId, ReplicaRegion: THIRD_REGION }))).toBe(refused);
  expect(await refusalOf(primary.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION }))).toBe(refused);
});

test('its pending window begins when the last replica is deleted', async () => {
  const { server, primary, other, third, KeyId, arnIn } = await relatedKeys([OTHER_REGION, THIRD_REGION]);
  await primary.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 10 });
  await other.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
  await third.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 20 });

  server.clock.set(after(19));
  expect(await stateOf(primary, KeyId)).toBe('PendingReplicaDeletion');
  server.clock.set(after(25));
  const key = await describeKey(primary, KeyId);
  expect(key).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: after(30) });
  expect(key.PendingDeletionWindowInDays).toBeUndefined();
  server.clock.set(after(30));
  expect(await refusalOf(primary.describeKey({ KeyId }))).toBe(`NotFoundException: Key '${arnIn(REGION)}' does not exist`);
});

test('the same effects happen at the same times, with calls every day or only at the end', async () => {
  const window = fc.integer({ min: 7, max: 30 });
  await fc.assert(fc.asyncProperty(window, window, window, fc.integer({ min: 7, max: 61 }), async (own, first, second, end) => {
    for (const steps of [1, end]) {
      const { server, primary, other, third, KeyId } = await relatedKeys([OTHER_REGION, THIRD_REGION]);
      await primary.scheduleKeyDeletion({ KeyId, PendingWindowInDays: own });
      await other.scheduleKeyDeletion({ KeyId, PendingWindowInDays: first });
      await third.scheduleKeyDeletion({ KeyId, PendingWindowInDays: second });
      for (let step = 0; step < steps; step++) {
        server.clock.advance(end / steps * DAY);
        await primary.listKeys({});
      }

      const lastReplica = Math.max(first, second);
      if (end >= lastReplica + own) {
        expect((await primary.listKeys({})).Keys).toEqual([]);
      } else {
        expect(await describeKey(primary, KeyId)).toMatchObject(end >= lastReplica
          ? { KeyState: 'PendingDeletion', DeletionDate: after(lastReplica + own) }
          : { KeyState: 'PendingReplicaDeletion', PendingDeletionWindowInDays: own });
      }
    }
  }), { numRuns: 20 });
});

test('a primary key without replicas is deleted as any other', async () => {
  const { primary, KeyId } = await relatedKeys();
  expect(await primary.scheduleKeyDeletion({ KeyId })).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: after(30) });
});

test.each([
  ['waits for its replicas', 0],
  ['is in its own window', 8],
])('a primary key that %s is disabled after the deletion is cancelled', async (_, days) => {
  const { server, primary, other, KeyId, arnIn } = await relatedKeys([OTHER_REGION]);
  await primary.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 10 });
  await other.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
  server.clock.advance(days * DAY);

  expect(await primary.cancelKeyDeletion({ KeyId })).toMatchObject({ KeyId: arnIn(REGION) });

  const key = await describeKey(primary, KeyId);
  expect(key).toMatchObject({ KeyState: 'Disabled' });
  expect(key.PendingDeletionWindowInDays).toBeUndefined();
  expect(key.DeletionDate).toBeUndefined();
  server.clock.advance(100 * DAY);
  expect(await stateOf(primary, KeyId)).toBe('Disabled');
});

test('a replica whose deletion is cancelled keeps the primary key waiting', async () => {
  const { server, primary, other, KeyId } = await relatedKeys([OTHER_REGION]);
  await primary.scheduleKeyDeletion({ KeyId });
  await other.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
  await other.cancelKeyDeletion({ KeyId });
  server.clock.advance(100 * DAY);
  expect([await stateOf(primary, KeyId), await stateOf(other, KeyId)]).toEqual(['PendingReplicaDeletion', 'Disabled']);
});

test('a primary key whose deletion waits for its replicas is not rotated', async () => {
  const { server, primary, other, KeyId, arnIn } = await relatedKeys([OTHER_REGION]);
  await primary.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
  await primary.scheduleKeyDeletion({ KeyId });
  server.clock.advance(100 * DAY);
  expect(await primary.getKeyRotationStatus({ KeyId })).toMatchObject({ KeyId: arnIn(REGION), KeyRotationEnabled: false });
  expect((await other.listKeyRotations({ KeyId })).Rotations).toEqual([]);
});
