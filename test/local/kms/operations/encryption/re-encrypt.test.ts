import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { aKey, aLocalKms, anImportedKey, decryptText, encryptText, importBytes, refusalOf } from '../../local-kms-bench';

const CONTEXT = { tenant: 'acme' };
const INCORRECT_KEY = 'IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.';
const DRY_RUN = 'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';

test('a ciphertext is re-encrypted under another key; the answer names both keys and both key materials', async () => {
  const { kms } = await aLocalKms();
  const [source, destination] = [await aKey(kms), await aKey(kms)];
  const blob = await encryptText(kms, source.KeyId, 'text', CONTEXT);

  const answer = await kms.reEncrypt(
    { CiphertextBlob: blob, SourceEncryptionContext: CONTEXT, DestinationKeyId: destination.KeyId, DestinationEncryptionContext: CONTEXT });

  expect(answer).toMatchObject({
    SourceKeyId: source.Arn,
    KeyId: destination.Arn,
    SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    SourceKeyMaterialId: source.CurrentKeyMaterialId,
    DestinationKeyMaterialId: destination.CurrentKeyMaterialId,
  });
  expect(await decryptText(kms, answer.CiphertextBlob!, CONTEXT)).toBe('text');
  expect((await kms.decrypt({ CiphertextBlob: answer.CiphertextBlob, EncryptionContext: CONTEXT })).KeyId).toBe(destination.Arn);
});

test('the new ciphertext does not need the old key', async () => {
  const { kms } = await aLocalKms();
  const [source, destination] = [await aKey(kms), await aKey(kms)];
  const { CiphertextBlob } = await kms.reEncrypt({
    CiphertextBlob: await encryptText(kms, source.KeyId, 'text'),
    DestinationKeyId: destination.KeyId,
  });
  await kms.disableKey({ KeyId: source.KeyId });
  expect(await decryptText(kms, CiphertextBlob!)).toBe('text');
});

test('the destination context is not inherited', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);
  const blob = await encryptText(kms, KeyId, 'text', CONTEXT);

  const { CiphertextBlob } = await kms.reEncrypt({ CiphertextBlob: blob, SourceEncryptionContext: CONTEXT, DestinationKeyId: KeyId });

  expect(await decryptText(kms, CiphertextBlob!)).toBe('text');
  expect(await refusalOf(kms.decrypt({ CiphertextBlob, EncryptionContext: CONTEXT }))).toBe('InvalidCiphertextException: UnknownError');
});

test('a wrong source context is refused', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);
  const blob = await encryptText(kms, KeyId, 'text', CONTEXT);
  expect(await refusalOf(kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: KeyId }))).toBe(
    'InvalidCiphertextException: UnknownError',
  );
});

test('a SourceKeyId must be the key of the ciphertext', async () => {
  const { kms } = await aLocalKms();
  const [source, destination] = [await aKey(kms), await aKey(kms)];
  const CiphertextBlob = await encryptText(kms, source.KeyId, 'text');

  await kms.reEncrypt({ CiphertextBlob, SourceKeyId: source.Arn, DestinationKeyId: destination.KeyId });
  expect(await refusalOf(kms.reEncrypt({ CiphertextBlob, SourceKeyId: destination.KeyId, DestinationKeyId: destination.KeyId }))).toBe(
    INCORRECT_KEY,
  );
});

test('an invalid ciphertext is refused before its key is searched', async () => {
  const { kms } = await aLocalKms();
  expect(
    await refusalOf(kms.reEncrypt({ CiphertextBlob: Buffer.from('no blob'), SourceKeyId: 'nobody', DestinationKeyId: 'nobody' })),
  ).toBe('InvalidCiphertextException: UnknownError');
});

test('under the same key, a ciphertext moves from old key material to the current one', async () => {
  const { kms } = await aLocalKms();
  const { KeyId, CurrentKeyMaterialId: first } = await aKey(kms);
  const blob = await encryptText(kms, KeyId, 'text');
  await kms.rotateKeyOnDemand({ KeyId });

  const answer = await kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: KeyId });

  expect(answer.SourceKeyMaterialId).toBe(first);
  expect(answer.DestinationKeyMaterialId).toBe((await kms.describeKey({ KeyId })).KeyMetadata!.CurrentKeyMaterialId);
  expect(answer.DestinationKeyMaterialId).not.toBe(first);
});

test('from imported key material to imported key material', async () => {
  const { kms } = await aLocalKms();
  const [source, destination] = [await anImportedKey(kms), await anImportedKey(kms)];
  const blob = await encryptText(kms, source.KeyId, 'text');
  const { CiphertextBlob } = await kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: destination.KeyId });
  await kms.deleteImportedKeyMaterial({ KeyId: source.KeyId });
  expect(await decryptText(kms, CiphertextBlob!)).toBe('text');
});

test('a dry run that ignores the ciphertext checks both keys, and needs a SourceKeyId', async () => {
  const { kms } = await aLocalKms();
  const [source, destination] = [await aKey(kms), await aKey(kms)];
  const modified = { DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT' as const], DestinationKeyId: destination.KeyId };

  expect(await refusalOf(kms.reEncrypt({ SourceKeyId: source.KeyId, ...modified }))).toBe(DRY_RUN);
  expect(await refusalOf(kms.reEncrypt(modified))).toContain('Value null at \'sourceKeyId\'');
  await kms.disableKey({ KeyId: destination.KeyId });
  expect(await refusalOf(kms.reEncrypt({ SourceKeyId: source.KeyId, ...modified }))).toBe(
    `DisabledException: ${destination.Arn} is disabled.`,
  );
});

test('for all texts and contexts, re-encryption preserves the plaintext in both directions', async () => {
  const { kms } = await aLocalKms();
  const keys = [await aKey(kms), await anImportedKey(kms), await aKey(kms)];
  await kms.rotateKeyOnDemand({ KeyId: keys[0]!.KeyId });
  await importBytes(kms, keys[1]!.KeyId, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' });
  const aContext = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 });
  const aStep = fc.record({ key: fc.constantFrom(...keys), context: aContext });
  const aText = fc.uint8Array({ minLength: 1, maxLength: 4096 });

  await fc.assert(fc.asyncProperty(aText, aStep, fc.array(aStep, { maxLength: 4 }), async (text, first, steps) => {
    let blob = (await kms.encrypt({ KeyId: first.key.KeyId, Plaintext: text, EncryptionContext: first.context })).CiphertextBlob!;
    let SourceEncryptionContext = first.context;
    for (const { key, context } of steps) {
      const answer = await kms.reEncrypt(
        { CiphertextBlob: blob, SourceEncryptionContext, DestinationKeyId: key.KeyId, DestinationEncryptionContext: context });
      blob = answer.CiphertextBlob!;
      SourceEncryptionContext = context;
    }
    const { Plaintext } = await kms.decrypt({ CiphertextBlob: blob, EncryptionContext: SourceEncryptionContext });
    expect(Buffer.from(Plaintext!).equals(text)).toBe(true);
  }), { numRuns: 50 });
});
