import type { KeySpec, KMS, MacAlgorithmSpec } from '@aws-sdk/client-kms';
import { generateSecret } from '../../../../../local/kms/crypto/secrets/generate-material';
import { aKeyOf, aLocalKms, refusalOf } from '../../local-kms-bench';

const INVALID_MAC = 'KMSInvalidMacException: UnknownError';
const DRY_RUN = 'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';
const Message = Buffer.from('a message');

const aMacKey = async (kms: KMS, spec: KeySpec) => aKeyOf(kms, spec, 'GENERATE_VERIFY_MAC');

describe.each<[KeySpec, MacAlgorithmSpec, number]>([
  ['HMAC_224', 'HMAC_SHA_224', 28], ['HMAC_256', 'HMAC_SHA_256', 32], ['HMAC_384', 'HMAC_SHA_384', 48], ['HMAC_512', 'HMAC_SHA_512', 64],
])('%s', (spec, MacAlgorithm, length) => {
  test('the same message has the same MAC, which verifies', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await aMacKey(kms, spec);

    const generated = await kms.generateMac({ KeyId, MacAlgorithm, Message });

    expect(generated).toMatchObject({ KeyId: Arn, MacAlgorithm });
    expect(generated.Mac).toHaveLength(length);
    expect((await kms.generateMac({ KeyId, MacAlgorithm, Message })).Mac).toEqual(generated.Mac);
    expect(await kms.verifyMac({ KeyId, MacAlgorithm, Message, Mac: generated.Mac })).toMatchObject({
      KeyId: Arn,
      MacAlgorithm,
      MacValid: true,
    });
  });

  test('another message, another key, or a MAC that was changed or cut is refused', async () => {
    const { kms } = await aLocalKms();
    const [{ KeyId }, other] = [await aMacKey(kms, spec), await aMacKey(kms, spec)];
    const mac = Buffer.from((await kms.generateMac({ KeyId, MacAlgorithm, Message })).Mac!);
    const wrong = [
      { KeyId, Message: Buffer.from('another'), Mac: mac },
      { KeyId: other.KeyId, Message, Mac: mac },
      { KeyId, Message, Mac: mac.subarray(0, -1) },
      { KeyId, Message, Mac: Buffer.concat([mac, Buffer.alloc(1)]) },
      { KeyId, Message, Mac: mac.map((byte) => 255 - byte) },
    ];
    for (const request of wrong) expect(await refusalOf(kms.verifyMac({ MacAlgorithm, ...request }))).toBe(INVALID_MAC);
  });

  test('its key is as long as the MAC', async () => {
    expect((await generateSecret(spec as 'HMAC_256')).symmetricKeySize).toBe(length);
  });
});

test('an algorithm of another length does not fit the key', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aMacKey(kms, 'HMAC_224');
  const expected = 'InvalidKeyUsageException: Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_224.';
  expect(await refusalOf(kms.generateMac({ KeyId, MacAlgorithm: 'HMAC_SHA_256', Message }))).toBe(expected);
  expect(await refusalOf(kms.verifyMac({ KeyId, MacAlgorithm: 'HMAC_SHA_256', Message, Mac: Message }))).toBe(expected);
});

test('a key with another usage creates no MAC', async () => {
  const { kms } = await aLocalKms();
  const { KeyId, Arn } = await aKeyOf(kms, 'SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT');
  expect(await refusalOf(kms.generateMac({ KeyId, MacAlgorithm: 'HMAC_SHA_256', Message }))).toBe(
    `InvalidKeyUsageException: ${Arn} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac.`);
  expect(await refusalOf(kms.verifyMac({ KeyId, MacAlgorithm: 'HMAC_SHA_256', Message, Mac: Message }))).toBe(
    `InvalidKeyUsageException: ${Arn} key usage is ENCRYPT_DECRYPT which is not valid for VerifyMac.`);
});

test('a dry run reports whether the call would succeed', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aMacKey(kms, 'HMAC_256');
  const request = { KeyId, MacAlgorithm: 'HMAC_SHA_256', Message, DryRun: true } as const;
  const { Mac } = await kms.generateMac({ ...request, DryRun: false });
  expect(await refusalOf(kms.generateMac(request))).toBe(DRY_RUN);
  expect(await refusalOf(kms.verifyMac({ ...request, Mac }))).toBe(DRY_RUN);
  expect(await refusalOf(kms.verifyMac({ ...request, Mac: Buffer.alloc(32) }))).toBe(INVALID_MAC);
});

test('GenerateMac and VerifyMac are recorded as the last use of a key', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aMacKey(kms, 'HMAC_256');
  const { Mac } = await kms.generateMac({ KeyId, MacAlgorithm: 'HMAC_SHA_256', Message });
  expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage!.Operation).toBe('GenerateMac');
  await kms.verifyMac({ KeyId, MacAlgorithm: 'HMAC_SHA_256', Message, Mac });
  expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage!.Operation).toBe('VerifyMac');
});
