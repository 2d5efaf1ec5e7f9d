import { createHash, randomBytes } from 'node:crypto';
import type { KMS } from '@aws-sdk/client-kms';
import {
  aKey, aLocalKms, anExternalKey, anImportedKey, DAY, decryptText, describeKey, encryptText, importBytes, MINUTE, refusalOf, THE_BEGINNING,
} from '../../local-kms-bench';

const INCORRECT_MATERIAL = 'IncorrectKeyMaterialException: UnknownError';
const NEW = { ImportType: 'NEW_KEY_MATERIAL' as const };
const EXISTING = { ImportType: 'EXISTING_KEY_MATERIAL' as const };

/** The key materials as ListKeyRotations returns them. */
async function materials(kms: KMS, KeyId: string) {
  return (await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations!;
}

describe('which key material a key accepts', () => {
  test('the key material id follows from the key and the key material', async () => {
    const { kms } = await aLocalKms();
    const bytes = randomBytes(32);
    const { KeyId, CurrentKeyMaterialId } = await anImportedKey(kms, bytes);
    expect(CurrentKeyMaterialId).toBe(createHash('sha256').update(Buffer.concat([Buffer.from(`${KeyId}\0`), bytes])).digest('hex'));
  });

  test('the first import is new key material by default', async () => {
    const { kms } = await aLocalKms();
    for (const changes of [{}, NEW]) {
      expect(await anImportedKey(kms, randomBytes(32), changes)).toMatchObject({ KeyState: 'Enabled' });
    }
    expect(await refusalOf(importBytes(kms, (await anExternalKey(kms)).KeyId, randomBytes(32), EXISTING))).toBe(INCORRECT_MATERIAL);
  });

  test('later imports are existing key material by default', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, bytes } = await anImportedKey(kms);
    expect(await refusalOf(importBytes(kms, KeyId, randomBytes(32)))).toBe(INCORRECT_MATERIAL);
    expect(await refusalOf(importBytes(kms, KeyId, randomBytes(32), EXISTING))).toBe(INCORRECT_MATERIAL);
    expect(await refusalOf(importBytes(kms, KeyId, bytes, NEW))).toBe(INCORRECT_MATERIAL);
    await importBytes(kms, KeyId, bytes);
    await importBytes(kms, KeyId, bytes, EXISTING);
  });

  test('a key material id must match existing key material, and is not allowed for new key material', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, bytes, CurrentKeyMaterialId } = await anImportedKey(kms);
    await importBytes(kms, KeyId, bytes, { ...EXISTING, KeyMaterialId: CurrentKeyMaterialId });
    expect(await refusalOf(importBytes(kms, KeyId, bytes, { ...EXISTING, KeyMaterialId: '0'.repeat(64) }))).toBe(INCORRECT_MATERIAL);
    expect(await refusalOf(importBytes(kms, KeyId, randomBytes(32), { ...NEW, KeyMaterialId: '0'.repeat(64) }))).toMatch(
      /^ValidationException: /,
    );
  });

  test('only one key material can be pending rotation', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await anImportedKey(kms);
    const waiting = await importBytes(kms, KeyId, randomBytes(32), NEW);
    const another = randomBytes(32);
    const id = createHash('sha256').update(Buffer.concat([Buffer.from(`${KeyId}\0`), another])).digest('hex');

    expect(await refusalOf(importBytes(kms, KeyId, another, NEW))).toBe(
      `KMSInvalidStateException: New key material (id: ${id}) cannot be imported into ` +
        `KMS key ${Arn}, because another key material (id: ${waiting}) is pending rotation.`,
    );
  });

  test('a description stays with its material until another is given', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, bytes } = await anImportedKey(kms, randomBytes(32), { KeyMaterialDescription: 'version 1' });
    await importBytes(kms, KeyId, bytes);
    expect(await materials(kms, KeyId)).toMatchObject([{ KeyMaterialDescription: 'version 1' }]);
    await importBytes(kms, KeyId, bytes, { KeyMaterialDescription: 'again' });
    expect(await materials(kms, KeyId)).toMatchObject([{ KeyMaterialDescription: 'again' }]);
    expect(await refusalOf(importBytes(kms, KeyId, bytes, { KeyMaterialDescription: 'no (brackets)' }))).toContain(
      'keyMaterialDescription',
    );
  });
});

describe('rotating imported material on demand', () => {
  test('new key material is pending rotation until the rotation, and the old one stays for decryption', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId, Arn, CurrentKeyMaterialId: first } = await anImportedKey(kms, randomBytes(32), { KeyMaterialDescription: 'one' });
    const old = await encryptText(kms, KeyId, 'old text');
    const validTo = new Date(THE_BEGINNING.getTime() + 100 * DAY);
    const second = await importBytes(kms, KeyId, randomBytes(32), { ...NEW, KeyMaterialDescription: 'two', ValidTo: validTo });

    expect(await describeKey(kms, KeyId)).toMatchObject({ CurrentKeyMaterialId: first, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
    expect(await materials(kms, KeyId)).toEqual([
      {
        KeyId,
        KeyMaterialId: first,
        KeyMaterialDescription: 'one',
        KeyMaterialState: 'CURRENT',
        ImportState: 'IMPORTED',
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      },
      {
        KeyId,
        KeyMaterialId: second,
        KeyMaterialDescription: 'two',
        KeyMaterialState: 'PENDING_ROTATION',
        ImportState: 'IMPORTED',
        ExpirationModel: 'KEY_MATERIAL_EXPIRES',
        ValidTo: validTo,
      },
    ]);
    expect((await kms.listKeyRotations({ KeyId })).Rotations).toEqual([]);

    server.clock.advance(MINUTE);
    expect(await kms.rotateKeyOnDemand({ KeyId })).toMatchObject({ KeyId: Arn });

    expect(await describeKey(kms, KeyId)).toMatchObject({ CurrentKeyMaterialId: second });
    const rotation = {
      KeyMaterialId: second,
      KeyMaterialState: 'CURRENT',
      RotationDate: new Date(THE_BEGINNING.getTime() + MINUTE),
      RotationType: 'ON_DEMAND',
    };
    expect(await materials(kms, KeyId)).toMatchObject([{ KeyMaterialId: first, KeyMaterialState: 'NON_CURRENT' }, rotation]);
    expect((await kms.listKeyRotations({ KeyId })).Rotations).toMatchObject([rotation]);
    expect((await kms.decrypt({ CiphertextBlob: old })).KeyMaterialId).toBe(first);
    expect((await kms.generateDataKey({ KeyId, KeySpec: 'AES_256' })).KeyMaterialId).toBe(second);
  });

  test('deletion of non-current key material makes the key unusable until it is imported again', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, bytes, CurrentKeyMaterialId: first } = await anImportedKey(kms);
    const old = await encryptText(kms, KeyId, 'old text');
    const second = await importBytes(kms, KeyId, randomBytes(32), NEW);
    await kms.rotateKeyOnDemand({ KeyId });

    expect(await kms.deleteImportedKeyMaterial({ KeyId, KeyMaterialId: first })).toMatchObject({ KeyMaterialId: first });

    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingImport', CurrentKeyMaterialId: second });
    expect(await materials(kms, KeyId)).toMatchObject([
      { KeyMaterialId: first, ImportState: 'PENDING_IMPORT' },
      { KeyMaterialId: second, ImportState: 'IMPORTED' },
    ]);
    await importBytes(kms, KeyId, bytes);
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled', CurrentKeyMaterialId: second });
    expect(await decryptText(kms, old)).toBe('old text');
  });

  test('key material that is pending rotation can be imported again, and deleted without an effect on the key', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anImportedKey(kms);
    const bytes = randomBytes(32);
    const waiting = await importBytes(kms, KeyId, bytes, NEW);
    await importBytes(kms, KeyId, bytes, { ...EXISTING, ValidTo: new Date(THE_BEGINNING.getTime() + DAY) });
    expect(await materials(kms, KeyId)).toMatchObject([
      { KeyMaterialState: 'CURRENT' },
      { KeyMaterialState: 'PENDING_ROTATION', ExpirationModel: 'KEY_MATERIAL_EXPIRES' },
    ]);

    await kms.deleteImportedKeyMaterial({ KeyId, KeyMaterialId: waiting });

    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled' });
    expect(await materials(kms, KeyId)).toHaveLength(1);
    await importBytes(kms, KeyId, randomBytes(32), NEW);
  });

  test('key material that expires while it is pending rotation is removed, and the key stays usable', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId, Arn } = await anImportedKey(kms);
    await importBytes(kms, KeyId, randomBytes(32), { ...NEW, ValidTo: new Date(THE_BEGINNING.getTime() + DAY) });

    server.clock.advance(DAY);

    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled' });
    expect(await refusalOf(kms.rotateKeyOnDemand({ KeyId }))).toBe(
      `KMSInvalidStateException: No available key material pending rotation for the key: ${Arn}.`);
  });

  test('needs key material that is pending rotation', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await anImportedKey(kms);
    expect(await refusalOf(kms.rotateKeyOnDemand({ KeyId }))).toBe(
      `KMSInvalidStateException: No available key material pending rotation for the key: ${Arn}.`);
  });
});

describe('rotation of key material of KMS', () => {
  test('gives the key new material under the same name, 25 times in its life', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn, CurrentKeyMaterialId } = await aKey(kms);
    const blob = await encryptText(kms, KeyId, 'text');

    for (let times = 0; times < 25; times++) await kms.rotateKeyOnDemand({ KeyId });

    expect(await refusalOf(kms.rotateKeyOnDemand({ KeyId }))).toBe(
      'LimitExceededException: The on-demand rotations limit has been reached for the given keyId. ' +
        `No more on-demand rotations can be performed for this key: ${Arn}`,
    );
    expect(new Set((await materials(kms, KeyId)).map(({ KeyMaterialId }) => KeyMaterialId)).size).toBe(26);
    expect(await kms.decrypt({ CiphertextBlob: blob })).toMatchObject({ KeyMaterialId: CurrentKeyMaterialId });
  });

  test('is listed without what belongs to imported material only, page by page', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, CurrentKeyMaterialId: first } = await aKey(kms);
    await kms.rotateKeyOnDemand({ KeyId });
    await kms.rotateKeyOnDemand({ KeyId });

    const all = await materials(kms, KeyId);
    expect(all[0]).toEqual({ KeyId, KeyMaterialId: first, KeyMaterialState: 'NON_CURRENT' });
    expect(all.map(({ KeyMaterialState }) => KeyMaterialState)).toEqual(['NON_CURRENT', 'NON_CURRENT', 'CURRENT']);
    expect(all[2]).toEqual({
      KeyId,
      KeyMaterialId: expect.any(String),
      KeyMaterialState: 'CURRENT',
      RotationDate: THE_BEGINNING,
      RotationType: 'ON_DEMAND',
    });

    const page = await kms.listKeyRotations({ KeyId, Limit: 1 });
    expect(page).toMatchObject({ Truncated: true, Rotations: [all[1]] });
    expect(await kms.listKeyRotations({ KeyId, Limit: 1, Marker: page.NextMarker })).toMatchObject({
      Truncated: false,
      Rotations: [all[2]],
    });
  });
});
