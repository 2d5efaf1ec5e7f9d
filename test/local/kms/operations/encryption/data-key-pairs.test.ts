import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { DataKeyPairSpec } from '@aws-sdk/client-kms';
import { aKey, aKeyOf, aLocalKms, anImportedKey, refusalOf } from '../../local-kms-bench';

const CONTEXT = { tenant: 'acme' };

/** What node:crypto finds in the private key: its type, and its curve or the length of its modulus. */
const SPECS: readonly (readonly [DataKeyPairSpec, string, object])[] = [
  ['RSA_2048', 'rsa', { modulusLength: 2048, publicExponent: 65537n }],
  ['RSA_3072', 'rsa', { modulusLength: 3072, publicExponent: 65537n }],
  ['RSA_4096', 'rsa', { modulusLength: 4096, publicExponent: 65537n }],
  ['ECC_NIST_P256', 'ec', { namedCurve: 'prime256v1' }],
  ['ECC_NIST_P384', 'ec', { namedCurve: 'secp384r1' }],
  ['ECC_NIST_P521', 'ec', { namedCurve: 'secp521r1' }],
  ['ECC_SECG_P256K1', 'ec', { namedCurve: 'secp256k1' }],
  ['ECC_NIST_EDWARDS25519', 'ed25519', {}],
];

test.each(SPECS)('%s: a pair in DER, whose private key is in the blob as well', async (KeyPairSpec, type, details) => {
  const { kms } = await aLocalKms();
  const { KeyId, Arn, CurrentKeyMaterialId } = await aKey(kms);

  const pair = await kms.generateDataKeyPair({ KeyId, KeyPairSpec, EncryptionContext: CONTEXT });

  expect(pair).toMatchObject({ KeyId: Arn, KeyPairSpec, KeyMaterialId: CurrentKeyMaterialId });
  const privateKey = createPrivateKey({ key: Buffer.from(pair.PrivateKeyPlaintext!), format: 'der', type: 'pkcs8' });
  expect(privateKey.asymmetricKeyType).toBe(type);
  expect(privateKey.asymmetricKeyDetails).toEqual(details);
  expect(createPublicKey(privateKey).export({ format: 'der', type: 'spki' })).toEqual(Buffer.from(pair.PublicKey!));
  const decrypted = await kms.decrypt({ CiphertextBlob: pair.PrivateKeyCiphertextBlob, EncryptionContext: CONTEXT });
  expect(decrypted.Plaintext).toEqual(pair.PrivateKeyPlaintext);
});

test('without plaintext, the private key is in the blob only', async () => {
  const { kms } = await aLocalKms();
  const { KeyId, Arn, CurrentKeyMaterialId } = await aKey(kms);

  const { $metadata: _, ...pair } = await kms.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec: 'ECC_NIST_P256' });

  expect(pair).toEqual({
    KeyId: Arn,
    KeyPairSpec: 'ECC_NIST_P256',
    KeyMaterialId: CurrentKeyMaterialId,
    PublicKey: expect.any(Uint8Array),
    PrivateKeyCiphertextBlob: expect.any(Uint8Array),
  });
  const { Plaintext } = await kms.decrypt({ CiphertextBlob: pair.PrivateKeyCiphertextBlob });
  const privateKey = createPrivateKey({ key: Buffer.from(Plaintext!), format: 'der', type: 'pkcs8' });
  expect(createPublicKey(privateKey).export({ format: 'der', type: 'spki' })).toEqual(Buffer.from(pair.PublicKey!));
});

test('no two pairs are the same', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);
  const aPair = async () => (await kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_EDWARDS25519' })).PublicKey;
  expect(await aPair()).not.toEqual(await aPair());
});

test('only a symmetric encryption key protects pairs', async () => {
  const { kms } = await aLocalKms();
  const KeyPairSpec = 'ECC_NIST_P256';
  const [rsa, hmac] = [await aKeyOf(kms, 'RSA_2048', 'ENCRYPT_DECRYPT'), await aKeyOf(kms, 'HMAC_256', 'GENERATE_VERIFY_MAC')];
  expect(await refusalOf(kms.generateDataKeyPair({ KeyId: rsa.KeyId, KeyPairSpec }))).toBe(
    'InvalidKeyUsageException: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.');
  expect(await refusalOf(kms.generateDataKeyPairWithoutPlaintext({ KeyId: hmac.KeyId, KeyPairSpec }))).toBe(
    `InvalidKeyUsageException: ${hmac.Arn} key usage is GENERATE_VERIFY_MAC which is not valid for GenerateDataKeyPairWithoutPlaintext.`);
});

test('a key that loses its key material during the generation of a pair encrypts no pair', async () => {
  const { kms } = await aLocalKms();
  const { KeyId, Arn } = await anImportedKey(kms);
  const pair = refusalOf(kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'RSA_4096' }));
  await kms.deleteImportedKeyMaterial({ KeyId });
  expect(await pair).toBe(`KMSInvalidStateException: ${Arn} is pending import.`);
});

test('a dry run creates no pair', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);
  const request = { KeyId, KeyPairSpec: 'ECC_NIST_P256', DryRun: true } as const;
  const expected = 'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';
  expect(await refusalOf(kms.generateDataKeyPair(request))).toBe(expected);
  expect(await refusalOf(kms.generateDataKeyPairWithoutPlaintext(request))).toBe(expected);
  expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage).toEqual({});
  await kms.generateDataKeyPair({ ...request, DryRun: false });
  expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage!.Operation).toBe('GenerateDataKeyPair');
});

test('SM2 pairs and answers for enclaves are not supported', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);
  expect(await refusalOf(kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'SM2' }))).toBe(
    'UnsupportedOperationException: KeyPairSpec SM2 is not supported by the local KMS yet.');
  expect(await refusalOf(kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_P256', Recipient: {} }))).toBe(
    'UnsupportedOperationException: Recipient is not supported by the local KMS yet.');
});
