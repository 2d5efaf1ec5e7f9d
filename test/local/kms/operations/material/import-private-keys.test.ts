import {
  constants, createCipheriv, createPrivateKey, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes, type KeyObject,
} from 'node:crypto';
import type { ImportKeyMaterialRequest, KeySpec, KeyUsageType, KMS, WrappingKeySpec } from '@aws-sdk/client-kms';
import { aLocalKms, DAY, describeKey, refusalOf, THE_BEGINNING, wrap } from '../../local-kms-bench';

const INCORRECT = 'IncorrectKeyMaterialException: UnknownError';
const WRONG_SIZE = 'ValidationException: Invalid encrypted key size.';
type Algorithm = 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256' | 'RSA_AES_KEY_WRAP_SHA_1' | 'RSA_AES_KEY_WRAP_SHA_256';

/** RSA-OAEP of an AES key, followed by the material under that key. */
function wrapThroughAesKey(publicKey: Uint8Array, material: Buffer, oaepHash: string, aesKey = randomBytes(32)): Buffer {
  const key = { key: Buffer.from(publicKey), format: 'der', type: 'spki', padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash } as const;
  const cipher = createCipheriv(`id-aes${aesKey.length * 8}-wrap-pad`, aesKey, Buffer.from('A65959A6', 'hex'));
  return Buffer.concat([publicEncrypt(key, aesKey), cipher.update(material), cipher.final()]);
}

/** Imports with an algorithm, and returns the response of KMS. */
async function importWith(
  kms: KMS, KeyId: string, material: Buffer, WrappingAlgorithm: Algorithm, WrappingKeySpec: WrappingKeySpec = 'RSA_2048',
  changes: Partial<ImportKeyMaterialRequest> = {},
) {
  const { ImportToken, PublicKey } = await kms.getParametersForImport({ KeyId, WrappingAlgorithm, WrappingKeySpec });
  const hash = WrappingAlgorithm.endsWith('SHA_1') ? 'sha1' : 'sha256';
  const EncryptedKeyMaterial = WrappingAlgorithm.startsWith('RSA_AES')
    ? wrapThroughAesKey(PublicKey!, material, hash) : wrap(PublicKey!, material, hash);
  return kms.importKeyMaterial({ KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE', ...changes });
}

async function anExternal(
  kms: KMS,
  KeySpec: KeySpec,
  KeyUsage: KeyUsageType = KeySpec.startsWith('HMAC') ? 'GENERATE_VERIFY_MAC' : 'SIGN_VERIFY',
) {
  const { KeyId, Arn } = (await kms.createKey({ KeySpec, KeyUsage, Origin: 'EXTERNAL' })).KeyMetadata!;
  return { KeyId: KeyId!, Arn: Arn! };
}

const pkcs8 = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der' });
const rsa = (modulusLength: number) => pkcs8(generateKeyPairSync('rsa', { modulusLength }).privateKey);
const ec = (namedCurve: string) => pkcs8(generateKeyPairSync('ec', { namedCurve }).privateKey);
const ed25519 = () => pkcs8(generateKeyPairSync('ed25519').privateKey);

/** Generated once: the search for primes is slow. */
const RSA_2048 = rsa(2048);

const MATERIALS: Record<string, () => Buffer> = {
  RSA_2048: () => Buffer.from(RSA_2048),
  ECC_NIST_P256: () => ec('P-256'),
  ECC_NIST_P384: () => ec('P-384'),
  ECC_NIST_P521: () => ec('P-521'),
  ECC_SECG_P256K1: () => ec('secp256k1'),
  ECC_NIST_EDWARDS25519: ed25519,
  HMAC_224: () => randomBytes(28),
  HMAC_256: () => randomBytes(32),
  HMAC_384: () => randomBytes(48),
  HMAC_512: () => randomBytes(64),
};
const SPECS = Object.keys(MATERIALS) as KeySpec[];
const ALGORITHMS: Algorithm[] = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'RSA_AES_KEY_WRAP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256'];

/** AWS's table, written manually. */
function fits(keySpec: string, algorithm: Algorithm): boolean {
  if (keySpec.startsWith('HMAC')) return algorithm.startsWith('RSAES');
  if (keySpec.startsWith('RSA')) return algorithm.startsWith('RSA_AES');
  return !(keySpec === 'ECC_NIST_P521' && algorithm.startsWith('RSAES'));
}

describe.each(SPECS)('a key of spec %s', (keySpec) => {
  test.each(ALGORITHMS)('accepts material wrapped with %s under RSA_2048, if AWS does', async (algorithm) => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await anExternal(kms, keySpec);

    const imported = importWith(kms, KeyId, MATERIALS[keySpec]!(), algorithm);

    if (!fits(keySpec, algorithm)) {
      expect(await refusalOf(imported)).toMatch(/^UnsupportedOperationException: Wrapping /);
      expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingImport' });
      return;
    }
    const { $metadata, ...answer } = await imported;
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({ KeyId: Arn });
    const key = await describeKey(kms, KeyId);
    expect(key).toMatchObject({ KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
    expect(key.CurrentKeyMaterialId).toBeUndefined();
  });

  test('never changes its key material', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId, Arn } = await anExternal(kms, keySpec);
    const algorithm = ALGORITHMS.find((each) => fits(keySpec, each))!;
    const [material, other] = [MATERIALS[keySpec]!(), keySpec === 'RSA_2048' ? rsa(2048) : MATERIALS[keySpec]!()];
    const ValidTo = new Date(THE_BEGINNING.getTime() + DAY);
    await importWith(kms, KeyId, material, algorithm, 'RSA_2048', { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo });
    expect(await refusalOf(importWith(kms, KeyId, other, algorithm))).toBe(INCORRECT);

    server.clock.advance(DAY);
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingImport' });
    expect(await refusalOf(importWith(kms, KeyId, other, algorithm))).toBe(INCORRECT);
    await importWith(kms, KeyId, material, algorithm);
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled' });

    const { $metadata, ...deleted } = await kms.deleteImportedKeyMaterial({ KeyId });
    expect($metadata.httpStatusCode).toBe(200);
    expect(deleted).toEqual({ KeyId: Arn });
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingImport' });
    await importWith(kms, KeyId, material, algorithm);
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled' });
  });
});

describe('what does not fit the spec', () => {
  test.each<[KeySpec, string, () => Buffer, string]>([
    ['RSA_3072', 'a smaller modulus', () => RSA_2048, INCORRECT],
    ['RSA_2048', 'an EC key', () => ec('P-256'), INCORRECT],
    ['RSA_2048', 'a key for RSA-PSS alone', () => pkcs8(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey), INCORRECT],
    ['RSA_2048', 'the public half', () => createPublicKey(createPrivateKey({ key: RSA_2048, format: 'der', type: 'pkcs8' }))
      .export({ type: 'spki', format: 'der' }), INCORRECT],
    ['RSA_2048', 'an RSA key that is not PKCS#8', () => createPrivateKey({ key: RSA_2048, format: 'der', type: 'pkcs8' })
      .export({ type: 'pkcs1', format: 'der' }), INCORRECT],
    ['ECC_NIST_P256', 'the other curve of 256 bits', () => ec('secp256k1'), INCORRECT],
    ['ECC_SECG_P256K1', 'the other curve of 256 bits', () => ec('P-256'), INCORRECT],
    ['ECC_NIST_P384', 'Ed25519', ed25519, INCORRECT],
    ['ECC_NIST_EDWARDS25519', 'X25519', () => pkcs8(generateKeyPairSync('x25519').privateKey), INCORRECT],
    ['ECC_NIST_P256', 'bytes without form', () => randomBytes(32), INCORRECT],
  ])('%s: %s', async (keySpec, _, material, error) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anExternal(kms, keySpec);
    expect(await refusalOf(importWith(kms, KeyId, material(), 'RSA_AES_KEY_WRAP_SHA_256'))).toBe(error);
    expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'PendingImport' });
  });

  test.each<[KeySpec, number]>([['HMAC_224', 28], ['HMAC_256', 32], ['HMAC_384', 48], ['HMAC_512', 64]])(
    '%s: material of fewer than %d bytes, or of more than 128', async (keySpec, least) => {
      const { kms } = await aLocalKms();
      for (const length of [least - 1, 129]) {
        expect(await refusalOf(importWith(kms, (await anExternal(kms, keySpec)).KeyId, randomBytes(length), 'RSAES_OAEP_SHA_256'))).toBe(
          WRONG_SIZE,
        );
      }
      for (const length of [least, 128]) {
        await importWith(kms, (await anExternal(kms, keySpec)).KeyId, randomBytes(length), 'RSAES_OAEP_SHA_256');
      }
    });
});

describe('what cannot be unwrapped', () => {
  test.each<[string, (publicKey: Uint8Array) => Buffer]>([
    ['another hash', (publicKey) => wrapThroughAesKey(publicKey, ec('P-256'), 'sha1')],
    ['an AES key of 128 bits', (publicKey) => wrapThroughAesKey(publicKey, ec('P-256'), 'sha256', randomBytes(16))],
    ['material that was altered', (publicKey) => {
      const wrapped = wrapThroughAesKey(publicKey, ec('P-256'), 'sha256');
      return Buffer.concat([wrapped.subarray(0, -1), Buffer.from([(wrapped.at(-1)! + 1) % 256])]);
    }],
    ['nothing behind the AES key', (publicKey) => wrapThroughAesKey(publicKey, ec('P-256'), 'sha256').subarray(0, 256)],
    ['less than the AES key', (publicKey) => wrapThroughAesKey(publicKey, ec('P-256'), 'sha256').subarray(0, 100)],
  ])('%s', async (_, wrapped) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anExternal(kms, 'ECC_NIST_P256');
    const { ImportToken, PublicKey } = await kms.getParametersForImport(
      { KeyId, WrappingAlgorithm: 'RSA_AES_KEY_WRAP_SHA_256', WrappingKeySpec: 'RSA_2048' });
    expect(await refusalOf(kms.importKeyMaterial({
      KeyId, ImportToken, EncryptedKeyMaterial: wrapped(PublicKey!), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    }))).toBe('InvalidCiphertextException: UnknownError');
  });
});

test.each<Algorithm>(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'])(
  '%s carries a P-521 key under a larger wrapping key',
  async (algorithm) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await anExternal(kms, 'ECC_NIST_P521');
    expect(await refusalOf(importWith(kms, KeyId, ec('P-521'), algorithm))).toBe(
      'UnsupportedOperationException: ' +
        `Wrapping key spec RSA_2048 is too small for key spec ECC_NIST_P521 with wrapping algorithm ${algorithm}.`,
    );
    await importWith(kms, KeyId, ec('P-521'), algorithm, 'RSA_3072');
  },
);

test.each([
  { ImportType: 'NEW_KEY_MATERIAL' as const }, { KeyMaterialDescription: 'from the safe' }, { KeyMaterialId: '0'.repeat(64) },
])('what tells several materials apart is for symmetric keys only: %o', async (members) => {
  const { kms } = await aLocalKms();
  const { KeyId } = await anExternal(kms, 'HMAC_256');
  expect(await refusalOf(importWith(kms, KeyId, randomBytes(32), 'RSAES_OAEP_SHA_256', 'RSA_2048', members))).toBe(
    `ValidationException: ${Object.keys(members)[0]} can only be specified for symmetric encryption keys.`);
});
