import { createPublicKey, randomBytes } from 'node:crypto';
import {
  aKey,
  aLocalKms,
  anExternalKey,
  anImportedKey,
  DAY,
  decryptText,
  describeKey,
  encryptText,
  importBytes,
  MINUTE,
  refusalOf,
  THE_BEGINNING,
  wrap,
  wrapped,
} from '../../local-kms-bench';

const later = (milliseconds: number) => new Date(THE_BEGINNING.getTime() + milliseconds);

describe('the steps of an import', () => {
  test.each([
    ['RSAES_OAEP_SHA_256' as const, 'sha256', 'RSA_2048' as const, 2048],
    ['RSAES_OAEP_SHA_1' as const, 'sha1', 'RSA_2048' as const, 2048],
    ['RSAES_OAEP_SHA_256' as const, 'sha256', 'RSA_3072' as const, 3072],
    ['RSAES_OAEP_SHA_256' as const, 'sha256', 'RSA_4096' as const, 4096],
  ])('with %s (%s) and %s', async (WrappingAlgorithm, hash, WrappingKeySpec, modulusLength) => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await anExternalKey(kms);

    const parameters = await kms.getParametersForImport({ KeyId, WrappingAlgorithm, WrappingKeySpec });
    expect(parameters).toMatchObject({ KeyId: Arn, ParametersValidTo: later(DAY) });
    const publicKey = createPublicKey({ key: Buffer.from(parameters.PublicKey!), format: 'der', type: 'spki' });
    expect(publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength });

    const imported = await kms.importKeyMaterial({
      KeyId,
      ImportToken: parameters.ImportToken,
      EncryptedKeyMaterial: wrap(parameters.PublicKey!, randomBytes(32), hash),
      ExpirationModel: 'KEY_MATERIAL_EXPIRES',
      ValidTo: later(300 * DAY),
    });

    expect(imported).toMatchObject({ KeyId: Arn, KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await describeKey(kms, KeyId)).toMatchObject({
      KeyState: 'Enabled',
      Enabled: true,
      ExpirationModel: 'KEY_MATERIAL_EXPIRES',
      ValidTo: later(300 * DAY),
      CurrentKeyMaterialId: imported.KeyMaterialId,
    });
    expect(await decryptText(kms, await encryptText(kms, KeyId, 'text'))).toBe('text');
  });
});

describe('wrapping that does not fit', () => {
  test('RSAES_PKCS1_V1_5 is refused, and the error lists the valid algorithms', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anExternalKey(kms);
    expect(await refusalOf(kms.getParametersForImport({ KeyId, WrappingAlgorithm: 'RSAES_PKCS1_V1_5', WrappingKeySpec: 'RSA_2048' }))).toBe(
      'UnsupportedOperationException: Wrapping algorithm RSAES_PKCS1_V1_5 is not valid for key spec SYMMETRIC_DEFAULT. '
      + 'Valid ones are RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256.');
  });

  test.each(['RSA_AES_KEY_WRAP_SHA_1' as const, 'RSA_AES_KEY_WRAP_SHA_256' as const])(
    '%s is for private keys',
    async (WrappingAlgorithm) => {
      const { kms } = await aLocalKms();
      const { KeyId } = await anExternalKey(kms);
      expect(await refusalOf(kms.getParametersForImport({ KeyId, WrappingAlgorithm, WrappingKeySpec: 'RSA_2048' }))).toMatch(
        new RegExp(`^UnsupportedOperationException: Wrapping algorithm ${WrappingAlgorithm} is not valid for key spec SYMMETRIC_DEFAULT`),
      );
    },
  );

  test('key material that was wrapped with another hash cannot be unwrapped', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anExternalKey(kms);
    const { ImportToken, PublicKey } = await kms.getParametersForImport({
      KeyId,
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_2048',
    });
    expect(await refusalOf(kms.importKeyMaterial({
      KeyId, ImportToken, EncryptedKeyMaterial: wrap(PublicKey!, randomBytes(32), 'sha1'), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    }))).toBe('InvalidCiphertextException: UnknownError');
  });

  test.each([16, 31, 33, 64])('%d bytes are not 32', async (length) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anExternalKey(kms);
    expect(await refusalOf(importBytes(kms, KeyId, randomBytes(length)))).toBe('ValidationException: Invalid encrypted key size.');
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingImport' });
  });
});

describe('import tokens', () => {
  test('are valid for 24 hours', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId } = await anExternalKey(kms);
    const importable = { KeyId, ...await wrapped(kms, KeyId, randomBytes(32)), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const };

    server.clock.advance(DAY);
    expect(await refusalOf(kms.importKeyMaterial(importable))).toBe('ExpiredImportTokenException: UnknownError');
  });

  test('are valid until the last moment', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId } = await anExternalKey(kms);
    const importable = { KeyId, ...await wrapped(kms, KeyId, randomBytes(32)), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const };

    server.clock.advance(DAY - 1);
    await kms.importKeyMaterial(importable);
  });

  test('are valid for one key, and no caller can create or change one', async () => {
    const { kms } = await aLocalKms();
    const [one, other] = [await anExternalKey(kms), await anExternalKey(kms)];
    const { ImportToken, EncryptedKeyMaterial } = await wrapped(kms, one.KeyId, randomBytes(32));
    const changed = Buffer.from(ImportToken);
    changed.writeUInt8((changed.readUInt8(40) + 1) % 256, 40);
    const rest = { EncryptedKeyMaterial, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const };

    for (const [KeyId, token] of [[other.KeyId, ImportToken], [one.KeyId, changed], [one.KeyId, Buffer.from('made up')]] as const) {
      expect(await refusalOf(kms.importKeyMaterial({ KeyId, ImportToken: token, ...rest }))).toBe(
        'InvalidImportTokenException: UnknownError',
      );
    }
  });

  test('are never the same twice', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anExternalKey(kms);
    const [one, other] = [await wrapped(kms, KeyId, randomBytes(32)), await wrapped(kms, KeyId, randomBytes(32))];
    expect(one.ImportToken).not.toEqual(other.ImportToken);
  });
});

test('a key with key material of KMS accepts no import', async () => {
  const { kms } = await aLocalKms();
  const { KeyId, Arn } = await aKey(kms);
  const refused = `UnsupportedOperationException: ${Arn} origin is AWS_KMS which is not valid for this operation.`;
  const external = await anExternalKey(kms);

  expect(await refusalOf(kms.getParametersForImport({ KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }))).toBe(
    refused,
  );
  expect(await refusalOf(kms.importKeyMaterial({
    KeyId, ...await wrapped(kms, external.KeyId, randomBytes(32)), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  }))).toBe(refused);
  expect(await refusalOf(kms.deleteImportedKeyMaterial({ KeyId }))).toBe(refused);
});

describe('when imported material expires', () => {
  test.each([
    ['is not said', undefined, undefined, 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES'],
    [
      'is said without a date',
      'KEY_MATERIAL_EXPIRES' as const,
      undefined,
      'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
    ],
    [
      'is never, and yet at a date',
      'KEY_MATERIAL_DOES_NOT_EXPIRE' as const,
      later(DAY),
      'A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE',
    ],
    ['is now', 'KEY_MATERIAL_EXPIRES' as const, later(0), 'ValidTo must be in the future'],
    [
      'is in more than 365 days',
      'KEY_MATERIAL_EXPIRES' as const,
      later(365 * DAY + 1000),
      'ValidTo must be at most 365 days in the future',
    ],
  ])('%s: the import is refused', async (_, ExpirationModel, ValidTo, message) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anExternalKey(kms);
    expect(await refusalOf(importBytes(kms, KeyId, randomBytes(32), { ExpirationModel, ValidTo }))).toBe(`ValidationException: ${message}`);
  });

  test('the key is pending import of the same key material, and then decrypts its former ciphertexts', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId, Arn, bytes, CurrentKeyMaterialId } = await anImportedKey(kms, randomBytes(32), { ValidTo: later(365 * DAY) });
    const blob = await encryptText(kms, KeyId, 'text');

    server.clock.set(later(365 * DAY - 1));
    expect(await decryptText(kms, blob)).toBe('text');

    server.clock.advance(1);
    const expired = await describeKey(kms, KeyId);
    expect(expired).toMatchObject({ KeyState: 'PendingImport', Enabled: false, CurrentKeyMaterialId });
    expect(expired.ExpirationModel).toBeUndefined();
    expect(expired.ValidTo).toBeUndefined();
    expect(await refusalOf(kms.decrypt({ CiphertextBlob: blob }))).toBe(`KMSInvalidStateException: ${Arn} is pending import.`);

    expect(await importBytes(kms, KeyId, bytes, { ValidTo: later(500 * DAY) })).toBe(CurrentKeyMaterialId);
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled', ValidTo: later(500 * DAY) });
    expect(await decryptText(kms, blob)).toBe('text');
  });

  test('can be changed by importing the same key material again', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId, bytes } = await anImportedKey(kms, randomBytes(32), { ValidTo: later(DAY) });

    await importBytes(kms, KeyId, bytes, { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
    server.clock.advance(1000 * DAY);

    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
  });

  test('the whole key is unusable when the first of several materials expires', async () => {
    const { server, kms } = await aLocalKms();
    const first = randomBytes(32);
    const { KeyId } = await anImportedKey(kms, first, { ValidTo: later(2 * DAY) });
    await importBytes(kms, KeyId, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL', ValidTo: later(9 * DAY) });
    await kms.rotateKeyOnDemand({ KeyId });
    expect(await describeKey(kms, KeyId)).toMatchObject({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: later(2 * DAY) });

    server.clock.advance(2 * DAY);
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingImport' });

    await importBytes(kms, KeyId, first, { ImportType: 'EXISTING_KEY_MATERIAL' });
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled', ValidTo: later(9 * DAY) });
  });
});

describe('deleting imported material', () => {
  test('is effective immediately, can be repeated, and the key still knows which key material is missing', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn, CurrentKeyMaterialId } = await anImportedKey(kms, randomBytes(32), { ValidTo: later(DAY) });

    for (let times = 0; times < 2; times++) {
      expect(await kms.deleteImportedKeyMaterial({ KeyId })).toMatchObject({ KeyId: Arn, KeyMaterialId: CurrentKeyMaterialId });
      const key = await describeKey(kms, KeyId);
      expect(key).toMatchObject({ KeyState: 'PendingImport', CurrentKeyMaterialId });
      expect(key.ExpirationModel).toBeUndefined();
    }
  });

  test('that was never imported succeeds', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await anExternalKey(kms);
    expect(await kms.deleteImportedKeyMaterial({ KeyId })).toMatchObject({ KeyId: Arn });
  });

  test('of a disabled key: after the next import the key is enabled', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, bytes } = await anImportedKey(kms);
    await kms.disableKey({ KeyId });
    await kms.deleteImportedKeyMaterial({ KeyId });

    await importBytes(kms, KeyId, bytes);

    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled' });
  });

  test('that does not belong to the key is refused', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anImportedKey(kms);
    expect(await refusalOf(kms.deleteImportedKeyMaterial({ KeyId, KeyMaterialId: '0'.repeat(64) }))).toMatch(/^NotFoundException: /);
  });
});

test('a disabled key stays disabled when its material is renewed', async () => {
  const { server, kms } = await aLocalKms();
  const { KeyId, bytes } = await anImportedKey(kms, randomBytes(32), { ValidTo: later(DAY) });
  await kms.disableKey({ KeyId });
  server.clock.advance(MINUTE);

  await importBytes(kms, KeyId, bytes, { ValidTo: later(2 * DAY) });

  expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Disabled', ValidTo: later(2 * DAY) });
});
