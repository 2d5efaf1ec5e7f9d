import type { CreateKeyCommandInput, KMS } from '@aws-sdk/client-kms';
import { aLocalKms, refusalOf } from '../local-kms-bench';

const RSA = { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' } as const;
const SYMMETRIC = {};

/** Operations that fail for the state of a key and for its kind: a key of a wrong kind, and the call. */
const OPERATIONS: [string, CreateKeyCommandInput, (kms: KMS, KeyId: string) => Promise<unknown>][] = [
  ['RotateKeyOnDemand', RSA, (kms, KeyId) => kms.rotateKeyOnDemand({ KeyId })],
  ['EnableKeyRotation', RSA, (kms, KeyId) => kms.enableKeyRotation({ KeyId })],
  ['DisableKeyRotation', RSA, (kms, KeyId) => kms.disableKeyRotation({ KeyId })],
  ['ReplicateKey', SYMMETRIC, (kms, KeyId) => kms.replicateKey({ KeyId, ReplicaRegion: 'eu-north-1' })],
  ['UpdatePrimaryRegion', SYMMETRIC, (kms, KeyId) => kms.updatePrimaryRegion({ KeyId, PrimaryRegion: 'eu-north-1' })],
  ['Encrypt', RSA, (kms, KeyId) => kms.encrypt({ KeyId, Plaintext: Buffer.from('x') })],
  ['GenerateDataKey', RSA, (kms, KeyId) => kms.generateDataKey({ KeyId, KeySpec: 'AES_256' })],
  ['GenerateDataKeyPair', RSA, (kms, KeyId) => kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_P256' })],
  ['Sign', SYMMETRIC, (kms, KeyId) => kms.sign({ KeyId, Message: Buffer.from('x'), SigningAlgorithm: 'ECDSA_SHA_256' })],
  ['GenerateMac', SYMMETRIC, (kms, KeyId) => kms.generateMac({ KeyId, Message: Buffer.from('x'), MacAlgorithm: 'HMAC_SHA_256' })],
  [
    'CreateGrant', RSA,
    (kms, KeyId) => kms.createGrant({ KeyId, GranteePrincipal: 'arn:aws:iam::444455556666:role/Any', Operations: ['Encrypt'] }),
  ],
];

test.each(OPERATIONS)('%s reports the state of a key before it reports that its kind is not supported', async (_, kind, call) => {
  const { kms } = await aLocalKms();
  const { KeyId = '', Arn } = (await kms.createKey(kind)).KeyMetadata ?? {};
  expect(await refusalOf(call(kms, KeyId))).not.toMatch(/^(Disabled|KMSInvalidState)Exception/);
  await kms.disableKey({ KeyId });
  expect(await refusalOf(call(kms, KeyId))).toBe(`DisabledException: ${Arn} is disabled.`);
  await kms.scheduleKeyDeletion({ KeyId });
  expect(await refusalOf(call(kms, KeyId))).toBe(`KMSInvalidStateException: ${Arn} is pending deletion.`);
});

test('parameters for an import are refused for the state of a key of origin AWS_KMS that is pending deletion', async () => {
  const { kms } = await aLocalKms();
  const { KeyId = '', Arn } = (await kms.createKey({})).KeyMetadata ?? {};
  const call = () => refusalOf(kms.getParametersForImport({ KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_4096' }));
  expect(await call()).toBe(`UnsupportedOperationException: ${Arn} origin is AWS_KMS which is not valid for this operation.`);
  await kms.scheduleKeyDeletion({ KeyId });
  expect(await call()).toBe(`KMSInvalidStateException: ${Arn} is pending deletion.`);
});
