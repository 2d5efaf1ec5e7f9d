import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeySpec, KeyUsageType } from '@aws-sdk/client-kms';
import { KeyMaterials } from '../../../../../local/kms/model/material/key-material';
import { aKey, aKeyOf, aLocalKms, refusalOf } from '../../local-kms-bench';

const RSA_SIGNING = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
];

test.each<[KeySpec, KeyUsageType, object, number]>([
  ['RSA_2048', 'ENCRYPT_DECRYPT', { EncryptionAlgorithms: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] }, 294],
  ['RSA_2048', 'SIGN_VERIFY', { SigningAlgorithms: RSA_SIGNING }, 294],
  ['ECC_NIST_P256', 'SIGN_VERIFY', { SigningAlgorithms: ['ECDSA_SHA_256'] }, 91],
  ['ECC_NIST_P256', 'KEY_AGREEMENT', { KeyAgreementAlgorithms: ['ECDH'] }, 91],
  ['ECC_NIST_P384', 'SIGN_VERIFY', { SigningAlgorithms: ['ECDSA_SHA_384'] }, 120],
  ['ECC_NIST_P521', 'SIGN_VERIFY', { SigningAlgorithms: ['ECDSA_SHA_512'] }, 158],
  ['ECC_SECG_P256K1', 'SIGN_VERIFY', { SigningAlgorithms: ['ECDSA_SHA_256'] }, 88],
  ['ECC_NIST_EDWARDS25519', 'SIGN_VERIFY', { SigningAlgorithms: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] }, 44],
  ['ML_DSA_44', 'SIGN_VERIFY', { SigningAlgorithms: ['ML_DSA_SHAKE_256'] }, 22 + 1312],
  ['ML_DSA_65', 'SIGN_VERIFY', { SigningAlgorithms: ['ML_DSA_SHAKE_256'] }, 22 + 1952],
  ['ML_DSA_87', 'SIGN_VERIFY', { SigningAlgorithms: ['ML_DSA_SHAKE_256'] }, 22 + 2592],
  ['ML_KEM_512', 'ENCAPSULATE_DECAPSULATE', { EncapsulationAlgorithms: ['ML_KEM'] }, 22 + 800],
  ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE', { EncapsulationAlgorithms: ['ML_KEM'] }, 22 + 1184],
  ['ML_KEM_1024', 'ENCAPSULATE_DECAPSULATE', { EncapsulationAlgorithms: ['ML_KEM'] }, 22 + 1568],
])('%s for %s: the public key in DER, with the algorithms of this use alone', async (KeySpec, KeyUsage, algorithms, length) => {
  const { kms } = await aLocalKms();
  const { KeyId, Arn } = await aKeyOf(kms, KeySpec, KeyUsage);

  const { $metadata: _, ...answer } = await kms.getPublicKey({ KeyId });

  expect(answer).toEqual({
    KeyId: Arn,
    PublicKey: expect.any(Uint8Array),
    KeySpec,
    CustomerMasterKeySpec: KeySpec,
    KeyUsage,
    ...algorithms,
  });
  expect(answer.PublicKey).toHaveLength(length);
  expect((await kms.getPublicKey({ KeyId })).PublicKey).toEqual(answer.PublicKey);
  expect((await kms.describeKey({ KeyId })).KeyMetadata).toMatchObject({
    KeySpec,
    CustomerMasterKeySpec: KeySpec,
    KeyUsage,
    ...algorithms,
  });
});

test('a disabled key still shows its public key, by any of its names', async () => {
  const { kms } = await aLocalKms();
  const { KeyId, Arn } = await aKeyOf(kms, 'ECC_NIST_P256', 'SIGN_VERIFY');
  await kms.createAlias({ AliasName: 'alias/signing', TargetKeyId: KeyId });
  const { PublicKey } = await kms.getPublicKey({ KeyId });
  await kms.disableKey({ KeyId });
  for (const name of [KeyId, Arn, 'alias/signing']) expect((await kms.getPublicKey({ KeyId: name })).PublicKey).toEqual(PublicKey);
});

test('a symmetric key and a pair that was never imported have no public key', async () => {
  const { kms } = await aLocalKms();
  const symmetric = await aKey(kms);
  expect(await refusalOf(kms.getPublicKey({ KeyId: symmetric.KeyId }))).toBe(
    `UnsupportedOperationException: ${symmetric.Arn} key spec is SYMMETRIC_DEFAULT which is not valid for GetPublicKey.`);
  const { KeyMetadata } = await kms.createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' });
  expect(await refusalOf(kms.getPublicKey({ KeyId: KeyMetadata!.KeyId }))).toBe(
    `UnsupportedOperationException: ${KeyMetadata!.Arn} has no public key until its key material is imported.`);
});

test('GetPublicKey does not count as use of the key', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKeyOf(kms, 'ECC_NIST_P256', 'SIGN_VERIFY');
  await kms.getPublicKey({ KeyId });
  expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage).toEqual({});
});

test('deleted key material keeps its public key only', () => {
  const secret = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
  const materials = new KeyMaterials();
  materials.put({ id: 'a'.repeat(64), use: 'CURRENT', secret });

  materials.forget(materials.current!.id);
  materials.forget(materials.current!.id);

  expect(materials.current!.secret).toBeUndefined();
  expect(materials.current!.publicKey!.equals(createPublicKey(secret))).toBe(true);
});
