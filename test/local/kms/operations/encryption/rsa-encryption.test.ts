import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import type { EncryptionAlgorithmSpec, KMS } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { aKey, aKeyOf, aLastingLocalKms, encryptText, refusalOf, type Described } from '../../local-kms-bench';

const INVALID_CIPHERTEXT = 'InvalidCiphertextException: UnknownError';
const NO_CONTEXT = 'ValidationException: EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.';
const DRY_RUN = 'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';
const INCORRECT_KEY = 'IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.';
const ALGORITHMS = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const satisfies readonly EncryptionAlgorithmSpec[];
const SHA_256 = 'RSAES_OAEP_SHA_256';
const Plaintext = Buffer.from('text');

let kms: KMS;
let stop: () => Promise<void>;
let rsa: Described;
let other: Described;
let symmetric: Described;

beforeAll(async () => {
  ({ kms, stop } = await aLastingLocalKms());
  rsa = await aKeyOf(kms, 'RSA_2048', 'ENCRYPT_DECRYPT');
  other = await aKeyOf(kms, 'RSA_2048', 'ENCRYPT_DECRYPT');
  symmetric = await aKey(kms);
});

afterAll(async () => stop());

async function encryptWithRsa(EncryptionAlgorithm: EncryptionAlgorithmSpec = SHA_256): Promise<Uint8Array> {
  return (await kms.encrypt({ KeyId: rsa.KeyId, Plaintext, EncryptionAlgorithm })).CiphertextBlob!;
}

describe.each(ALGORITHMS)('%s', (EncryptionAlgorithm) => {
  test('encrypts and decrypts; no material is named', async () => {
    const { $metadata: _, ...encrypted } = await kms.encrypt({ KeyId: rsa.KeyId, Plaintext, EncryptionAlgorithm });
    expect(encrypted).toEqual({ KeyId: rsa.Arn, EncryptionAlgorithm, CiphertextBlob: expect.any(Uint8Array) });
    expect(encrypted.CiphertextBlob).toHaveLength(256);

    const { $metadata, ...decrypted } = await kms.decrypt({
      KeyId: rsa.KeyId,
      CiphertextBlob: encrypted.CiphertextBlob,
      EncryptionAlgorithm,
    });
    expect($metadata.httpStatusCode).toBe(200);
    expect(decrypted).toEqual({ KeyId: rsa.Arn, EncryptionAlgorithm, Plaintext: new Uint8Array(Plaintext) });
  });

  test('decrypts what node:crypto encrypted with the public key', async () => {
    const { PublicKey } = await kms.getPublicKey({ KeyId: rsa.KeyId });
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' });
    const oaepHash = EncryptionAlgorithm === SHA_256 ? 'sha256' : 'sha1';
    const CiphertextBlob = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, Plaintext);
    const decrypted = await kms.decrypt({ KeyId: rsa.KeyId, CiphertextBlob, EncryptionAlgorithm });
    expect(decrypted.Plaintext).toEqual(new Uint8Array(Plaintext));
  });
});

/** The limits are those of the AWS documentation. */
test.each([
  ['RSA_2048', 214, 190], ['RSA_3072', 342, 318], ['RSA_4096', 470, 446],
] as const)('%s encrypts at most %i bytes with SHA-1, and %i with SHA-256', async (spec, withSha1, withSha256) => {
  const { KeyId } = spec === 'RSA_2048' ? rsa : await aKeyOf(kms, spec, 'ENCRYPT_DECRYPT');
  for (const [EncryptionAlgorithm, most] of [['RSAES_OAEP_SHA_1', withSha1], ['RSAES_OAEP_SHA_256', withSha256]] as const) {
    const { CiphertextBlob } = await kms.encrypt({ KeyId, EncryptionAlgorithm, Plaintext: Buffer.alloc(most, 7) });
    expect((await kms.decrypt({ KeyId, EncryptionAlgorithm, CiphertextBlob })).Plaintext).toEqual(new Uint8Array(most).fill(7));
    const tooLong = `ValidationException: Algorithm ${EncryptionAlgorithm} and key spec ${spec} cannot encrypt data larger than ${most} bytes.`;
    expect(await refusalOf(kms.encrypt({ KeyId, EncryptionAlgorithm, Plaintext: Buffer.alloc(most + 1) }))).toBe(tooLong);
    expect(await refusalOf(kms.encrypt({ KeyId, EncryptionAlgorithm, Plaintext: Buffer.alloc(most + 1), DryRun: true }))).toBe(tooLong);
  }
});

test('a decryption with an RSA key must name the key', async () => {
  const CiphertextBlob = await encryptWithRsa();
  expect(await refusalOf(kms.decrypt({ CiphertextBlob, EncryptionAlgorithm: SHA_256 }))).toContain('Value null at \'keyId\'');
  const destination = { DestinationKeyId: symmetric.KeyId };
  expect(await refusalOf(kms.reEncrypt({ CiphertextBlob, SourceEncryptionAlgorithm: SHA_256, ...destination }))).toContain(
    "Value null at 'sourceKeyId'",
  );
});

test('another key, another algorithm, or another ciphertext cannot be decrypted', async () => {
  const blob = await encryptWithRsa();
  const wrong = [
    { KeyId: other.KeyId, CiphertextBlob: blob, EncryptionAlgorithm: SHA_256 },
    { KeyId: rsa.KeyId, CiphertextBlob: blob, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' },
    { KeyId: rsa.KeyId, CiphertextBlob: blob.subarray(1), EncryptionAlgorithm: SHA_256 },
    { KeyId: rsa.KeyId, CiphertextBlob: Buffer.alloc(256, 255), EncryptionAlgorithm: SHA_256 },
  ] as const;
  for (const request of wrong) expect(await refusalOf(kms.decrypt(request))).toBe(INVALID_CIPHERTEXT);
});

test('RSA supports no encryption context, and an empty one counts as none', async () => {
  const EncryptionContext = { tenant: 'acme' };
  const EncryptionAlgorithm = SHA_256;
  const CiphertextBlob = await encryptWithRsa();
  expect(await refusalOf(kms.encrypt({ KeyId: rsa.KeyId, Plaintext, EncryptionAlgorithm, EncryptionContext }))).toBe(NO_CONTEXT);
  expect(await refusalOf(kms.decrypt({ KeyId: rsa.KeyId, CiphertextBlob, EncryptionAlgorithm, EncryptionContext }))).toBe(NO_CONTEXT);
  await kms.decrypt({ KeyId: rsa.KeyId, CiphertextBlob, EncryptionAlgorithm, EncryptionContext: {} });
});

test('an algorithm must match the key, and the default is the symmetric one', async () => {
  expect(await refusalOf(kms.encrypt({ KeyId: rsa.KeyId, Plaintext }))).toBe(
    'InvalidKeyUsageException: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.');
  expect(await refusalOf(kms.encrypt({ KeyId: rsa.KeyId, Plaintext, EncryptionAlgorithm: 'SM2PKE' }))).toBe(
    'InvalidKeyUsageException: Algorithm SM2PKE is incompatible with key spec RSA_2048.');
  expect(await refusalOf(kms.generateDataKey({ KeyId: rsa.KeyId, KeySpec: 'AES_256' }))).toBe(
    'InvalidKeyUsageException: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.');
  expect(
    await refusalOf(kms.decrypt({ KeyId: symmetric.KeyId, CiphertextBlob: await encryptWithRsa(), EncryptionAlgorithm: SHA_256 })),
  ).toBe(`InvalidKeyUsageException: Algorithm ${SHA_256} is incompatible with key spec SYMMETRIC_DEFAULT.`);
});

test('a key with another usage neither encrypts nor generates data keys', async () => {
  const { KeyId, Arn } = await aKeyOf(kms, 'HMAC_256', 'GENERATE_VERIFY_MAC');
  const refusal = (operation: string) =>
    `InvalidKeyUsageException: ${Arn} key usage is GENERATE_VERIFY_MAC which is not valid for ${operation}.`;
  expect(await refusalOf(kms.encrypt({ KeyId, Plaintext }))).toBe(refusal('Encrypt'));
  expect(await refusalOf(kms.generateDataKey({ KeyId, KeySpec: 'AES_256' }))).toBe(refusal('GenerateDataKey'));
  expect(await refusalOf(kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256' }))).toBe(
    refusal('GenerateDataKeyWithoutPlaintext'),
  );
  const CiphertextBlob = await encryptText(kms, symmetric.KeyId, 'text');
  expect(await refusalOf(kms.reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId }))).toBe(refusal('ReEncrypt'));
  expect(await refusalOf(kms.decrypt({ KeyId, DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }))).toBe(refusal('Decrypt'));
});

test('a key that is not that of a symmetric ciphertext is incorrect, before its usage is checked', async () => {
  const hmac = await aKeyOf(kms, 'HMAC_256', 'GENERATE_VERIFY_MAC');
  const CiphertextBlob = await encryptText(kms, symmetric.KeyId, 'text');
  for (const KeyId of [hmac.KeyId, rsa.KeyId]) expect(await refusalOf(kms.decrypt({ CiphertextBlob, KeyId }))).toBe(INCORRECT_KEY);
});

test('a dry run reports whether the call would succeed', async () => {
  const EncryptionAlgorithm = SHA_256;
  const CiphertextBlob = await encryptWithRsa();
  expect(await refusalOf(kms.encrypt({ KeyId: rsa.KeyId, Plaintext, EncryptionAlgorithm, DryRun: true }))).toBe(DRY_RUN);
  expect(await refusalOf(kms.decrypt({ KeyId: rsa.KeyId, CiphertextBlob, EncryptionAlgorithm, DryRun: true }))).toBe(DRY_RUN);
  expect(await refusalOf(kms.decrypt({ KeyId: other.KeyId, CiphertextBlob, EncryptionAlgorithm, DryRun: true }))).toBe(INVALID_CIPHERTEXT);
  const ignoring = { DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT' as const] };
  expect(await refusalOf(kms.decrypt({ KeyId: rsa.KeyId, EncryptionAlgorithm, ...ignoring }))).toBe(DRY_RUN);
  const source = { SourceKeyId: rsa.KeyId, SourceEncryptionAlgorithm: SHA_256 } as const;
  expect(await refusalOf(kms.reEncrypt({ ...source, DestinationKeyId: symmetric.KeyId, ...ignoring }))).toBe(DRY_RUN);
});

describe('re-encrypting between RSA and symmetric keys', () => {
  const CONTEXT = { tenant: 'acme' };
  const fromRsa = () => ({ SourceKeyId: rsa.KeyId, SourceEncryptionAlgorithm: SHA_256 } as const);
  const toRsa = () => ({ DestinationKeyId: rsa.KeyId, DestinationEncryptionAlgorithm: SHA_256 } as const);

  test('from RSA to symmetric: only the destination has a material id', async () => {
    const { $metadata: _, ...answer } = await kms.reEncrypt(
      { CiphertextBlob: await encryptWithRsa(), ...fromRsa(), DestinationKeyId: symmetric.KeyId, DestinationEncryptionContext: CONTEXT });
    expect(answer).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      SourceKeyId: rsa.Arn,
      KeyId: symmetric.Arn,
      SourceEncryptionAlgorithm: SHA_256,
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationKeyMaterialId: symmetric.CurrentKeyMaterialId,
    });
    const decrypted = await kms.decrypt({ CiphertextBlob: answer.CiphertextBlob, EncryptionContext: CONTEXT });
    expect(decrypted.Plaintext).toEqual(new Uint8Array(Plaintext));
  });

  test('from symmetric to RSA: only the source has a material id', async () => {
    const CiphertextBlob = await encryptText(kms, symmetric.KeyId, 'text', CONTEXT);
    const { $metadata: _, ...answer } = await kms.reEncrypt({ CiphertextBlob, SourceEncryptionContext: CONTEXT, ...toRsa() });
    expect(answer).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      SourceKeyId: symmetric.Arn,
      KeyId: rsa.Arn,
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: SHA_256,
      SourceKeyMaterialId: symmetric.CurrentKeyMaterialId,
    });
    const decrypted = await kms.decrypt({ KeyId: rsa.KeyId, CiphertextBlob: answer.CiphertextBlob, EncryptionAlgorithm: SHA_256 });
    expect(decrypted.Plaintext).toEqual(new Uint8Array(Plaintext));
  });

  test('a plaintext too long for RSA is not re-encrypted', async () => {
    const CiphertextBlob = await encryptText(kms, symmetric.KeyId, 'x'.repeat(191));
    expect(await refusalOf(kms.reEncrypt({ CiphertextBlob, ...toRsa() }))).toBe(
      `ValidationException: Algorithm ${SHA_256} and key spec RSA_2048 cannot encrypt data larger than 190 bytes.`);
  });

  test('on the RSA side there is no context', async () => {
    const [ofRsa, ofSymmetric] = [await encryptWithRsa(), await encryptText(kms, symmetric.KeyId, 'text')];
    expect(await refusalOf(kms.reEncrypt(
      { CiphertextBlob: ofRsa, ...fromRsa(), SourceEncryptionContext: CONTEXT, DestinationKeyId: symmetric.KeyId }))).toBe(NO_CONTEXT);
    expect(await refusalOf(kms.reEncrypt({ CiphertextBlob: ofSymmetric, ...toRsa(), DestinationEncryptionContext: CONTEXT }))).toBe(
      NO_CONTEXT,
    );
  });

  test('for all plaintexts and directions, the plaintext is preserved', async () => {
    const ways = () => [
      { KeyId: rsa.KeyId, algorithm: 'RSAES_OAEP_SHA_1' as const },
      { KeyId: other.KeyId, algorithm: 'RSAES_OAEP_SHA_256' as const },
      { KeyId: symmetric.KeyId, algorithm: 'SYMMETRIC_DEFAULT' as const },
    ];
    const aText = fc.uint8Array({ minLength: 1, maxLength: 190 });
    await fc.assert(
      fc.asyncProperty(aText, fc.array(fc.constantFrom(...ways()), { minLength: 1, maxLength: 4 }), async (text, [first, ...steps]) => {
        let at = first!;
        let blob = (await kms.encrypt({ KeyId: at.KeyId, EncryptionAlgorithm: at.algorithm, Plaintext: text })).CiphertextBlob!;
        for (const step of steps) {
          const from = { SourceKeyId: at.KeyId, SourceEncryptionAlgorithm: at.algorithm };
          const to = { DestinationKeyId: step.KeyId, DestinationEncryptionAlgorithm: step.algorithm };
          const { CiphertextBlob } = await kms.reEncrypt({ CiphertextBlob: blob, ...from, ...to });
          [at, blob] = [step, CiphertextBlob!];
        }
        const decrypted = await kms.decrypt({ KeyId: at.KeyId, EncryptionAlgorithm: at.algorithm, CiphertextBlob: blob });
        expect(decrypted.Plaintext).toEqual(text);
      }),
      { numRuns: 25 },
    );
  });
});
