import { randomBytes } from 'node:crypto';
import type { KMS } from '@aws-sdk/client-kms';
import { OTHER_REGION, relatedKeys, stateOf, THIRD_REGION, type MultiRegionBench } from './multi-region-bench';
import { DAY, decryptText, describeKey, encryptText, importBytes, REGION, refusalOf, THE_BEGINNING, wrapped } from '../../local-kms-bench';

const NEW = { ImportType: 'NEW_KEY_MATERIAL' as const };
const EXISTING = { ImportType: 'EXISTING_KEY_MATERIAL' as const };
const INCORRECT_MATERIAL = 'IncorrectKeyMaterialException: UnknownError';
const after = (days: number) => new Date(THE_BEGINNING.getTime() + days * DAY);

/** Related keys for imported material: the primary key has it, the replicas are pending import. */
async function relatedExternalKeys(replicaRegions: readonly string[]): Promise<MultiRegionBench & { first: Buffer }> {
  const bench = await relatedKeys([], { Origin: 'EXTERNAL' });
  const first = randomBytes(32);
  await importBytes(bench.primary, bench.KeyId, first);
  for (const ReplicaRegion of replicaRegions) await bench.primary.replicateKey({ KeyId: bench.KeyId, ReplicaRegion });
  return { ...bench, first };
}

/** `state of the key material, whether it is imported` for each key material, as one Region returns it. */
async function materialsToldBy(kms: KMS, KeyId: string): Promise<string[]> {
  const { Rotations } = await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' });
  return Rotations!.map(({ KeyMaterialState, ImportState }) => `${KeyMaterialState} ${ImportState}`);
}

describe('the first material', () => {
  test('must be in the primary key before there can be a replica', async () => {
    const { primary, KeyId, arnIn } = await relatedKeys([], { Origin: 'EXTERNAL' });
    expect(await refusalOf(primary.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION }))).toBe(
      `KMSInvalidStateException: ${arnIn(REGION)} is pending import.`);
  });

  test('is imported into each replica separately, with its own token, expiry and deletion', async () => {
    const { server, primary, other, KeyId, first, arnIn } = await relatedExternalKeys([OTHER_REGION]);
    const blob = await encryptText(primary, KeyId, 'text');
    const waiting = await describeKey(other, KeyId);
    expect(waiting).toMatchObject({ KeyState: 'PendingImport', Origin: 'EXTERNAL' });
    expect(waiting.ExpirationModel).toBeUndefined();
    expect(await refusalOf(other.decrypt({ CiphertextBlob: blob }))).toBe(
      `KMSInvalidStateException: ${arnIn(OTHER_REGION)} is pending import.`,
    );
    expect(await refusalOf(other.importKeyMaterial({
      KeyId, ...await wrapped(primary, KeyId, first), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    }))).toBe('InvalidImportTokenException: UnknownError');

    const id = await importBytes(other, KeyId, first, { ValidTo: after(1) });

    expect(await describeKey(primary, KeyId)).toMatchObject({ CurrentKeyMaterialId: id, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
    expect(await describeKey(other, KeyId)).toMatchObject({ CurrentKeyMaterialId: id, KeyState: 'Enabled', ValidTo: after(1) });
    expect(await decryptText(other, blob)).toBe('text');
    server.clock.advance(DAY);
    expect([await stateOf(primary, KeyId), await stateOf(other, KeyId)]).toEqual(['Enabled', 'PendingImport']);
    await importBytes(other, KeyId, first);
    await primary.deleteImportedKeyMaterial({ KeyId });
    expect([await stateOf(primary, KeyId), await stateOf(other, KeyId)]).toEqual(['PendingImport', 'Enabled']);
    expect(await decryptText(other, blob)).toBe('text');
  });

  test('of a replica must be that of the primary key', async () => {
    const { other, KeyId, first, arnIn } = await relatedExternalKeys([OTHER_REGION]);
    const notPrimary = `UnsupportedOperationException: ${arnIn(OTHER_REGION)} is not a multi-region primary key.`;
    expect(await refusalOf(importBytes(other, KeyId, randomBytes(32)))).toBe(INCORRECT_MATERIAL);
    expect(await refusalOf(importBytes(other, KeyId, randomBytes(32), NEW))).toBe(notPrimary);
    expect(await refusalOf(importBytes(other, KeyId, first, NEW))).toBe(notPrimary);
    expect(await refusalOf(importBytes(other, KeyId, first, { KeyMaterialDescription: 'from the safe' }))).toBe(notPrimary);
    expect(await stateOf(other, KeyId)).toBe('PendingImport');
    await importBytes(other, KeyId, first, EXISTING);
  });

  test('has one description, which is given to the primary key and returned in every Region', async () => {
    const { primary, other, KeyId, first } = await relatedExternalKeys([OTHER_REGION]);
    await importBytes(primary, KeyId, first, { KeyMaterialDescription: 'from the safe' });
    const { Rotations } = await other.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' });
    expect(Rotations).toMatchObject([{ KeyMaterialDescription: 'from the safe', ImportState: 'PENDING_IMPORT' }]);
  });

  test('of keys that are not symmetric is the same in all Regions', async () => {
    const { primary, other, KeyId } = await relatedKeys([], { Origin: 'EXTERNAL', KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const bytes = randomBytes(32);
    await importBytes(primary, KeyId, bytes);
    await primary.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION });

    expect(await refusalOf(importBytes(other, KeyId, randomBytes(32)))).toBe(INCORRECT_MATERIAL);
    await importBytes(other, KeyId, bytes);
    expect(await stateOf(other, KeyId)).toBe('Enabled');
  });
});

describe('new material', () => {
  test('is imported into the primary key and every replica before a rotation to it, which changes all of them', async () => {
    const { server, primary, other, third, KeyId, first, arnIn } = await relatedExternalKeys([OTHER_REGION, THIRD_REGION]);
    for (const replica of [other, third]) await importBytes(replica, KeyId, first);
    const old = await encryptText(other, KeyId, 'old text');
    const second = randomBytes(32);
    const noneWaits = `KMSInvalidStateException: No available key material pending rotation for the key: ${arnIn(REGION)}.`;

    const id = await importBytes(primary, KeyId, second, NEW);
    expect(await materialsToldBy(primary, KeyId)).toEqual(['CURRENT IMPORTED', 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION IMPORTED']);
    expect(await materialsToldBy(other, KeyId)).toEqual(['CURRENT IMPORTED', 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION PENDING_IMPORT']);
    expect(await refusalOf(primary.rotateKeyOnDemand({ KeyId }))).toBe(noneWaits);

    await importBytes(other, KeyId, second, EXISTING);
    expect(await materialsToldBy(primary, KeyId)).toEqual(['CURRENT IMPORTED', 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION IMPORTED']);
    expect(await refusalOf(primary.rotateKeyOnDemand({ KeyId }))).toBe(noneWaits);

    await importBytes(third, KeyId, second, { ...EXISTING, KeyMaterialId: id });
    for (const each of [primary, other, third]) {
      expect(await materialsToldBy(each, KeyId)).toEqual(['CURRENT IMPORTED', 'PENDING_ROTATION IMPORTED']);
      expect(await stateOf(each, KeyId)).toBe('Enabled');
    }
    expect(await refusalOf(other.rotateKeyOnDemand({ KeyId }))).toBe(
      `UnsupportedOperationException: ${arnIn(OTHER_REGION)} is not a multi-region primary key.`);

    server.clock.advance(DAY);
    await primary.rotateKeyOnDemand({ KeyId });
    for (const each of [primary, other, third]) {
      expect(await materialsToldBy(each, KeyId)).toEqual(['NON_CURRENT IMPORTED', 'CURRENT IMPORTED']);
      expect((await each.listKeyRotations({ KeyId })).Rotations).toMatchObject([
        { KeyMaterialId: id, RotationType: 'ON_DEMAND', RotationDate: after(1) },
      ]);
      expect(await describeKey(each, KeyId)).toMatchObject({ KeyState: 'Enabled', CurrentKeyMaterialId: id });
      expect(await decryptText(each, old)).toBe('old text');
    }
    expect(await decryptText(other, await encryptText(third, KeyId, 'text'))).toBe('text');
  });

  test('of a key without replicas is pending rotation immediately; a new replica must import it first', async () => {
    const { primary, other, KeyId, first } = await relatedExternalKeys([]);
    const second = randomBytes(32);
    await importBytes(primary, KeyId, second, NEW);
    expect(await materialsToldBy(primary, KeyId)).toEqual(['CURRENT IMPORTED', 'PENDING_ROTATION IMPORTED']);

    await primary.replicateKey({ KeyId, ReplicaRegion: OTHER_REGION });
    expect(await materialsToldBy(primary, KeyId)).toEqual(['CURRENT IMPORTED', 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION IMPORTED']);
    await importBytes(other, KeyId, second);
    expect(await stateOf(other, KeyId)).toBe('PendingImport');
    await importBytes(other, KeyId, first);
    expect(await stateOf(other, KeyId)).toBe('Enabled');
    expect(await materialsToldBy(other, KeyId)).toEqual(['CURRENT IMPORTED', 'PENDING_ROTATION IMPORTED']);
  });

  test('does not wait for a deleted replica', async () => {
    const { server, primary, other, KeyId } = await relatedExternalKeys([OTHER_REGION]);
    await importBytes(primary, KeyId, randomBytes(32), NEW);
    await other.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    expect(await materialsToldBy(primary, KeyId)).toEqual(['CURRENT IMPORTED', 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION IMPORTED']);

    server.clock.advance(7 * DAY);
    await primary.rotateKeyOnDemand({ KeyId });
    expect(await materialsToldBy(primary, KeyId)).toEqual(['NON_CURRENT IMPORTED', 'CURRENT IMPORTED']);
  });

  test('can be pending rotation only once', async () => {
    const { primary, KeyId, arnIn } = await relatedExternalKeys([OTHER_REGION]);
    const waiting = await importBytes(primary, KeyId, randomBytes(32), NEW);
    expect(await refusalOf(importBytes(primary, KeyId, randomBytes(32), NEW))).toMatch(
      new RegExp(
        `^KMSInvalidStateException: New key material .* into KMS key ${arnIn(REGION)}, because another key material \\(id: ${waiting}\\) is pending rotation\\.$`,
      ),
    );
  });

  test.each<[string, (bench: MultiRegionBench, id: string) => Promise<unknown>]>([
    ['deleted', ({ primary, KeyId }, id) => primary.deleteImportedKeyMaterial({ KeyId, KeyMaterialId: id })],
    ['expired', async ({ server }) => server.clock.advance(DAY)],
  ])('that is %s at the primary key is gone from all, bytes included', async (_, end) => {
    const bench = await relatedExternalKeys([OTHER_REGION]);
    const { primary, other, KeyId } = bench;
    const second = randomBytes(32);
    const id = await importBytes(primary, KeyId, second, { ...NEW, ValidTo: after(1) });
    await importBytes(other, KeyId, second);

    await end(bench, id);

    expect(await materialsToldBy(primary, KeyId)).toEqual(['CURRENT IMPORTED']);
    expect(await materialsToldBy(other, KeyId)).toEqual(['CURRENT PENDING_IMPORT']);
    expect(await refusalOf(importBytes(other, KeyId, second))).toBe(INCORRECT_MATERIAL);
    await importBytes(primary, KeyId, second, NEW);
    expect(await materialsToldBy(other, KeyId)).toEqual([
      'CURRENT PENDING_IMPORT',
      'PENDING_MULTI_REGION_IMPORT_AND_ROTATION PENDING_IMPORT',
    ]);
  });

  test.each<[string, (bench: MultiRegionBench, id: string) => Promise<unknown>]>([
    ['deleted', ({ other, KeyId }, id) => other.deleteImportedKeyMaterial({ KeyId, KeyMaterialId: id })],
    ['expired', async ({ server }) => server.clock.advance(DAY)],
  ])('that is %s at a replica is missing there alone, until it is imported again', async (_, end) => {
    const bench = await relatedExternalKeys([OTHER_REGION]);
    const { primary, other, KeyId } = bench;
    const second = randomBytes(32);
    const id = await importBytes(primary, KeyId, second, NEW);
    await importBytes(other, KeyId, second, { ValidTo: after(1) });

    await end(bench, id);

    expect(await materialsToldBy(primary, KeyId)).toEqual(['CURRENT IMPORTED', 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION IMPORTED']);
    expect(await stateOf(primary, KeyId)).toBe('Enabled');
    await importBytes(other, KeyId, second);
    await primary.rotateKeyOnDemand({ KeyId });
  });

  test('is imported through the present primary key', async () => {
    const { primary: former, other, KeyId, first, arnIn } = await relatedExternalKeys([OTHER_REGION]);
    await importBytes(other, KeyId, first);
    await former.updatePrimaryRegion({ KeyId, PrimaryRegion: OTHER_REGION });
    const second = randomBytes(32);

    expect(await refusalOf(importBytes(former, KeyId, second, NEW))).toBe(
      `UnsupportedOperationException: ${arnIn(REGION)} is not a multi-region primary key.`);
    await importBytes(other, KeyId, second, NEW);
    await importBytes(former, KeyId, second);
    await other.rotateKeyOnDemand({ KeyId });
    expect(await materialsToldBy(former, KeyId)).toEqual(['NON_CURRENT IMPORTED', 'CURRENT IMPORTED']);
  });
});
