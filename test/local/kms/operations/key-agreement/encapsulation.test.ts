import type { KeySpec } from '@aws-sdk/client-kms';
import { ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem';
import { aKeyOf, aLocalKms, refusalOf } from '../../local-kms-bench';

const EncapsulationAlgorithm = 'ML_KEM';
const DRY_RUN = 'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';

describe.each([
  ['ML_KEM_512', 768, ml_kem512], ['ML_KEM_768', 1088, ml_kem768], ['ML_KEM_1024', 1568, ml_kem1024],
] as const)('%s', (spec, length, byOthers) => {
  test('a shared secret of 32 bytes is decapsulated', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await aKeyOf(kms, spec, 'ENCAPSULATE_DECAPSULATE');

    const { $metadata: _, ...made } = await kms.encapsulate({ KeyId, EncapsulationAlgorithm });

    expect(made).toEqual({
      KeyId: Arn, EncapsulationAlgorithm, SharedSecret: expect.any(Uint8Array), SharedSecretCiphertextBlob: expect.any(Uint8Array),
    });
    expect(made.SharedSecret).toHaveLength(32);
    expect(made.SharedSecretCiphertextBlob).toHaveLength(length);
    const { $metadata, ...recovered } = await kms.decapsulate(
      { KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob: made.SharedSecretCiphertextBlob });
    expect($metadata.httpStatusCode).toBe(200);
    expect(recovered).toEqual({ KeyId: Arn, EncapsulationAlgorithm, SharedSecret: made.SharedSecret });
  });

  test('the public key allows encapsulation without KMS', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKeyOf(kms, spec, 'ENCAPSULATE_DECAPSULATE');
    const { PublicKey } = await kms.getPublicKey({ KeyId });
    const { cipherText, sharedSecret } = byOthers.encapsulate(new Uint8Array(PublicKey!).subarray(22));
    const recovered = await kms.decapsulate({ KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob: cipherText });
    expect(recovered.SharedSecret).toEqual(sharedSecret);
  });

  test('an altered form yields another secret, always the same; one of another length is invalid', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKeyOf(kms, spec, 'ENCAPSULATE_DECAPSULATE');
    const { SharedSecret, SharedSecretCiphertextBlob: right } = await kms.encapsulate({ KeyId, EncapsulationAlgorithm });
    const altered = right!.map((byte) => 255 - byte);

    const decapsulated = async () =>
      (await kms.decapsulate({ KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob: altered })).SharedSecret;

    expect(await decapsulated()).toHaveLength(32);
    expect(await decapsulated()).not.toEqual(SharedSecret);
    expect(await decapsulated()).toEqual(await decapsulated());
    expect(await refusalOf(kms.decapsulate({ KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob: right!.subarray(1) }))).toBe(
      'InvalidCiphertextException: UnknownError');
  });
});

test.each<[KeySpec, 'SIGN_VERIFY']>([
  ['ECC_NIST_P256', 'SIGN_VERIFY'],
  ['ML_DSA_44', 'SIGN_VERIFY'],
])('%s encapsulates nothing', async (spec, usage) => {
  const { kms } = await aLocalKms();
  const { KeyId, Arn } = await aKeyOf(kms, spec, usage);
  const refusal = (operation: string) => `InvalidKeyUsageException: ${Arn} key usage is SIGN_VERIFY which is not valid for ${operation}.`;
  expect(await refusalOf(kms.encapsulate({ KeyId, EncapsulationAlgorithm }))).toBe(refusal('Encapsulate'));
  expect(await refusalOf(kms.decapsulate({ KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob: Buffer.alloc(768) }))).toBe(
    refusal('Decapsulate'),
  );
});

test('a dry run reports whether the call would succeed, and does not count as use of the key', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKeyOf(kms, 'ML_KEM_512', 'ENCAPSULATE_DECAPSULATE');
  const request = { KeyId, EncapsulationAlgorithm } as const;
  const SharedSecretCiphertextBlob = Buffer.alloc(768, 1);
  expect(await refusalOf(kms.encapsulate({ ...request, DryRun: true }))).toBe(DRY_RUN);
  expect(await refusalOf(kms.decapsulate({ ...request, SharedSecretCiphertextBlob, DryRun: true }))).toBe(DRY_RUN);
  expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage).toEqual({});

  await kms.encapsulate(request);
  expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage!.Operation).toBe('Encapsulate');
  await kms.decapsulate({ ...request, SharedSecretCiphertextBlob });
  expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage!.Operation).toBe('Decapsulate');
});
