import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { BlobKind, open, readCiphertext, seal } from '../../../../../local/kms/crypto/encryption/symmetric-ciphertext';
import { canonicalContext } from '../../../../../local/kms/protocol/encryption-context';
import { aKey, aLocalKms, anImportedKey, decryptText, encryptText, importBytes, refusalOf } from '../../local-kms-bench';

const INVALID_CIPHERTEXT = 'InvalidCiphertextException: UnknownError';
const DRY_RUN = 'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';
const INCORRECT_KEY = 'IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.';
const CONTEXT = { tenant: 'acme', purpose: 'documents' };

describe('encrypting and decrypting', () => {
  test('the ciphertext names its key, and the answer names the key material that was used', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn, CurrentKeyMaterialId } = await aKey(kms);

    const encrypted = await kms.encrypt({ KeyId, Plaintext: Buffer.from('text'), EncryptionContext: CONTEXT });
    expect(encrypted).toMatchObject({ KeyId: Arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });

    const decrypted = await kms.decrypt({ CiphertextBlob: encrypted.CiphertextBlob, EncryptionContext: CONTEXT });
    expect(decrypted).toMatchObject({ KeyId: Arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT', KeyMaterialId: CurrentKeyMaterialId });
    expect(Buffer.from(decrypted.Plaintext!).toString()).toBe('text');
  });

  test('the same text never gives the same blob twice', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    expect(await encryptText(kms, KeyId, 'text')).not.toEqual(await encryptText(kms, KeyId, 'text'));
  });

  test('the order of a context\'s pairs does not matter', async () => {
    const { kms } = await aLocalKms();
    const blob = await encryptText(kms, (await aKey(kms)).KeyId, 'text', { tenant: 'acme', purpose: 'documents' });
    expect(await decryptText(kms, blob, { purpose: 'documents', tenant: 'acme' })).toBe('text');
  });

  test('no context and an empty one are the same', async () => {
    const { kms } = await aLocalKms();
    const blob = await encryptText(kms, (await aKey(kms)).KeyId, 'text');
    expect(await decryptText(kms, blob, {})).toBe('text');
  });

  test.each<[string, Record<string, string> | undefined]>([
    ['left out', undefined],
    ['missing a pair', { tenant: 'acme' }],
    ['with a pair more', { ...CONTEXT, more: '' }],
    ['in another case', { tenant: 'Acme', purpose: 'documents' }],
    ['with names and values exchanged', { acme: 'tenant', documents: 'purpose' }],
  ])('a context %s does not open the blob', async (_, EncryptionContext) => {
    const { kms } = await aLocalKms();
    const blob = await encryptText(kms, (await aKey(kms)).KeyId, 'text', CONTEXT);
    expect(await refusalOf(kms.decrypt({ CiphertextBlob: blob, EncryptionContext }))).toBe(INVALID_CIPHERTEXT);
  });

  test('a ciphertext with any altered byte, or truncated, cannot be decrypted', async () => {
    const { kms } = await aLocalKms();
    const blob = Buffer.from(await encryptText(kms, (await aKey(kms)).KeyId, 'text'));
    for (let index = 0; index < blob.length; index++) {
      const changed = Buffer.from(blob);
      changed.writeUInt8((changed.readUInt8(index) + 1) % 256, index);
      // Another key id in the ciphertext is that of a key that does not exist.
      const expected =
        index >= 5 && index < 21 ? /^AccessDeniedException: The ciphertext refers to a customer master key/ : new RegExp(`^${INVALID_CIPHERTEXT}$`);
      expect(await refusalOf(kms.decrypt({ CiphertextBlob: changed }))).toMatch(expected);
    }
    for (const length of [1, 16, 49, 77, blob.length - 1]) {
      expect(await refusalOf(kms.decrypt({ CiphertextBlob: blob.subarray(0, length) }))).toBe(INVALID_CIPHERTEXT);
    }
  });

  test('a KeyId in the request must be the key of the ciphertext', async () => {
    const { kms } = await aLocalKms();
    const [right, wrong] = [await aKey(kms), await aKey(kms)];
    await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: right.KeyId });
    const CiphertextBlob = await encryptText(kms, right.KeyId, 'text');

    for (const KeyId of [right.KeyId, right.Arn, 'alias/orders']) await kms.decrypt({ CiphertextBlob, KeyId });
    expect(await refusalOf(kms.decrypt({ CiphertextBlob, KeyId: wrong.KeyId }))).toBe(INCORRECT_KEY);
    await kms.updateAlias({ AliasName: 'alias/orders', TargetKeyId: wrong.KeyId });
    expect(await refusalOf(kms.decrypt({ CiphertextBlob, KeyId: 'alias/orders' }))).toBe(INCORRECT_KEY);
  });

  test('the same key material in another KMS key decrypts nothing', async () => {
    const { kms } = await aLocalKms();
    const bytes = randomBytes(32);
    const [one, two] = [await anImportedKey(kms, Buffer.from(bytes)), await anImportedKey(kms, Buffer.from(bytes))];
    const CiphertextBlob = await encryptText(kms, one.KeyId, 'text');
    expect(one.CurrentKeyMaterialId).not.toBe(two.CurrentKeyMaterialId);
    expect(await refusalOf(kms.decrypt({ CiphertextBlob, KeyId: two.KeyId }))).toBe(INCORRECT_KEY);
  });

  test('1 to 4096 bytes can be encrypted', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: Buffer.alloc(4096, 7) });
    expect(Buffer.from((await kms.decrypt({ CiphertextBlob })).Plaintext!)).toEqual(Buffer.alloc(4096, 7));
    expect(await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.alloc(4097) }))).toBe('ValidationException: 1 validation error detected: '
      + 'Value at \'plaintext\' failed to satisfy constraint: Member must have length less than or equal to 4096');
    expect(await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.alloc(0) }))).toBe('ValidationException: 1 validation error detected: '
      + 'Value at \'plaintext\' failed to satisfy constraint: Member must have length greater than or equal to 1');
  });

  test('an algorithm for RSA keys is refused for a symmetric key', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    expect(await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.from('text'), EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }))).toBe(
      'InvalidKeyUsageException: Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.');
  });
});

describe('data keys', () => {
  test.each([
    [{ KeySpec: 'AES_256' as const }, 32], [{ KeySpec: 'AES_128' as const }, 16], [{ NumberOfBytes: 64 }, 64],
  ])('%j: the blob holds what was handed out', async (size, length) => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn, CurrentKeyMaterialId } = await aKey(kms);

    const dataKey = await kms.generateDataKey({ KeyId, EncryptionContext: CONTEXT, ...size });

    expect(dataKey).toMatchObject({ KeyId: Arn, KeyMaterialId: CurrentKeyMaterialId });
    expect(dataKey.Plaintext).toHaveLength(length);
    const decrypted = await kms.decrypt({ CiphertextBlob: dataKey.CiphertextBlob, EncryptionContext: CONTEXT });
    expect(decrypted.Plaintext).toEqual(dataKey.Plaintext);
  });

  test('without plaintext, only the ciphertext is returned', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn, CurrentKeyMaterialId } = await aKey(kms);

    const { $metadata, ...dataKey } = await kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256' });

    expect($metadata.httpStatusCode).toBe(200);
    expect(dataKey).toEqual({ KeyId: Arn, KeyMaterialId: CurrentKeyMaterialId, CiphertextBlob: expect.any(Uint8Array) });
    expect((await kms.decrypt({ CiphertextBlob: dataKey.CiphertextBlob })).Plaintext).toHaveLength(32);
  });

  test.each([[{}], [{ KeySpec: 'AES_256' as const, NumberOfBytes: 32 }]])('%j: exactly one size must be given', async (size) => {
    const { kms } = await aLocalKms();
    expect(await refusalOf(kms.generateDataKey({ KeyId: (await aKey(kms)).KeyId, ...size }))).toBe(
      'ValidationException: Please specify either number of bytes or key spec.');
  });
});

describe('random bytes', () => {
  test('have the requested length', async () => {
    const { kms } = await aLocalKms();
    const [one, two] = [await kms.generateRandom({ NumberOfBytes: 1024 }), await kms.generateRandom({ NumberOfBytes: 1024 })];
    expect(one.Plaintext).toHaveLength(1024);
    expect(one.Plaintext).not.toEqual(two.Plaintext);
  });

  test.each([
    [undefined, 'NumberOfBytes is required.'],
    [
      0,
      "1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      1025,
      "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
    ],
  ])('but not %s of them', async (NumberOfBytes, message) => {
    const { kms } = await aLocalKms();
    expect(await refusalOf(kms.generateRandom({ NumberOfBytes }))).toBe(`ValidationException: ${message}`);
  });
});

describe('a dry run', () => {
  test('reports that the call would succeed, and has no effect', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    const CiphertextBlob = await encryptText(kms, KeyId, 'text');
    const calls = [
      kms.encrypt({ KeyId, Plaintext: Buffer.from('text'), DryRun: true }),
      kms.decrypt({ CiphertextBlob, DryRun: true }),
      kms.generateDataKey({ KeyId, KeySpec: 'AES_256', DryRun: true }),
      kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256', DryRun: true }),
      kms.reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId, DryRun: true }),
    ];
    for (const call of calls) expect(await refusalOf(call)).toBe(DRY_RUN);
    expect(server.audit.count({ status: 'DryRunOperationException' })).toBe(5);
    expect(server.audit.records.filter(({ dryRun }) => dryRun)).toHaveLength(5);
  });

  test('reports why the call would fail', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await aKey(kms);
    const CiphertextBlob = await encryptText(kms, KeyId, 'text');
    expect(await refusalOf(kms.decrypt({ CiphertextBlob, EncryptionContext: { wrong: 'one' }, DryRun: true }))).toBe(INVALID_CIPHERTEXT);
    await kms.disableKey({ KeyId });
    expect(await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.from('text'), DryRun: true }))).toBe(
      `DisabledException: ${Arn} is disabled.`,
    );
  });

  test('that ignores the ciphertext needs the key and no ciphertext', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    const modified = { DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT' as const] };

    expect(await refusalOf(kms.decrypt({ KeyId, ...modified }))).toBe(DRY_RUN);
    expect(await refusalOf(kms.decrypt({ KeyId, CiphertextBlob: Buffer.from('no blob at all'), ...modified }))).toBe(DRY_RUN);
    expect(await refusalOf(kms.decrypt(modified))).toContain('Value null at \'keyId\'');
    expect(await refusalOf(kms.decrypt({ KeyId, ...modified, DryRun: false }))).toMatch(/^ValidationException: /);
    expect(await refusalOf(kms.decrypt({ KeyId, DryRun: true }))).toContain('Value null at \'ciphertextBlob\'');
  });
});

test('a ciphertext has the outer shape of those of AWS: marks, a constant part for each key material, and its length', async () => {
  const { kms } = await aLocalKms();
  const [{ KeyId }, { KeyId: other }] = [await aKey(kms), await aKey(kms)];
  const dataKey = async (id: string) => Buffer.from((await kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256' })).CiphertextBlob!);
  const [one, two, foreign, text] = [await dataKey(KeyId), await dataKey(KeyId), await dataKey(other), await encryptText(kms, KeyId, 'x')];
  expect([one.length, one.toString('base64').slice(0, 6), Buffer.from(text).toString('base64').slice(0, 6)]).toEqual([184, 'AQIDAH', 'AQICAH']);
  const fingerprint = (blob: Buffer) => blob.toString('hex', 5, 37);
  expect([fingerprint(two), fingerprint(Buffer.from(text))]).toEqual([fingerprint(one), fingerprint(one)]);
  expect(fingerprint(foreign)).not.toBe(fingerprint(one));
  expect(one.toString('hex', 58)).toMatch(/^307c06092a864886f70d010706a06f306d020100306806092a864886f70d010701301e060960864801650304012e3011040c/);
  await kms.rotateKeyOnDemand({ KeyId });
  expect(fingerprint(await dataKey(KeyId))).not.toBe(fingerprint(one));
});

describe('for all texts, contexts and keys', () => {
  const aContext = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 5 });
  const aMaterial = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => (
    { id: Buffer.from(bytes).toString('hex'), secret: createSecretKey(bytes), use: 'CURRENT' as const }));
  const aText = fc.uint8Array({ minLength: 1, maxLength: 4096 });

  test('a ciphertext can be decrypted with the same key material and context', () => {
    fc.assert(fc.property(fc.uuid({ version: 4 }), aMaterial, aText, aContext, (keyId, material, text, context) => {
      const ciphertext = readCiphertext(seal(keyId, material, text, context, BlobKind.ENCRYPT));
      expect(ciphertext).toMatchObject({ keyId, materialIdPrefix: material.id.slice(0, 32) });
      const reversed = Object.fromEntries(Object.entries(context).reverse());
      expect(new Uint8Array(open(ciphertext, material, reversed))).toEqual(text);
    }));
  });

  test('a ciphertext cannot be decrypted with other key material or another context', () => {
    const inputs = [fc.uuid({ version: 4 }), aMaterial, aMaterial, aText, aContext, aContext] as const;
    fc.assert(fc.property(...inputs, (keyId, right, wrong, text, context, other) => {
      fc.pre(right.id !== wrong.id);
      const ciphertext = readCiphertext(seal(keyId, right, text, context, BlobKind.ENCRYPT));
      expect(() => open(ciphertext, wrong, context)).toThrow('InvalidCiphertextException');
      if (!samePairs(context, other)) expect(() => open(ciphertext, right, other)).toThrow('InvalidCiphertextException');
    }));
  });

  test('two contexts have the same bytes only if they have the same pairs', () => {
    fc.assert(fc.property(aContext, aContext, (one, other) => {
      expect(canonicalContext(one).equals(canonicalContext(other))).toBe(samePairs(one, other));
    }));
    expect(canonicalContext({ a: '\ud800' }).equals(canonicalContext({ a: '\ud801' }))).toBe(false);
    expect(canonicalContext({ a: 'b', c: 'd' }).equals(canonicalContext({ a: 'b","c","d' }))).toBe(false);
  });

  function samePairs(one: Record<string, string>, other: Record<string, string>): boolean {
    const pairs = new Map(Object.entries(one));
    return pairs.size === Object.keys(other).length && Object.entries(other).every(([name, value]) => pairs.get(name) === value);
  }
});

test('deleted key material decrypts nothing, and its import makes all ciphertexts readable again', async () => {
  const { kms } = await aLocalKms();
  const bytes = randomBytes(32);
  const { KeyId, Arn } = await anImportedKey(kms, Buffer.from(bytes));
  const blob = await encryptText(kms, KeyId, 'text');
  await kms.deleteImportedKeyMaterial({ KeyId });
  expect(await refusalOf(kms.decrypt({ CiphertextBlob: blob }))).toBe(`KMSInvalidStateException: ${Arn} is pending import.`);

  await importBytes(kms, KeyId, bytes);

  expect(await decryptText(kms, blob)).toBe('text');
});
