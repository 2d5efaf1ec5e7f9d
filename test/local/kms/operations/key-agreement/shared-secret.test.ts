import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { KeySpec } from '@aws-sdk/client-kms';
import { aKeyOf, aLocalKms, refusalOf } from '../../local-kms-bench';

const NO_TEXT = 'ValidationException: UnknownError';
const KeyAgreementAlgorithm = 'ECDH';

const aPeer = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const der = (key: KeyObject) => key.export({ format: 'der', type: 'spki' });

describe.each<[KeySpec, string, number]>([
  ['ECC_NIST_P256', 'prime256v1', 32], ['ECC_NIST_P384', 'secp384r1', 48], ['ECC_NIST_P521', 'secp521r1', 66],
])('%s', (spec, curve, length) => {
  test('both sides derive the same secret', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await aKeyOf(kms, spec, 'KEY_AGREEMENT');
    const { privateKey, publicKey } = aPeer(curve);

    const { $metadata: _, ...derived } = await kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm, PublicKey: der(publicKey) });

    const ours = createPublicKey({ key: Buffer.from((await kms.getPublicKey({ KeyId })).PublicKey!), format: 'der', type: 'spki' });
    const theirs = new Uint8Array(diffieHellman({ privateKey, publicKey: ours }));
    expect(derived).toEqual({ KeyId: Arn, SharedSecret: theirs, KeyAgreementAlgorithm, KeyOrigin: 'AWS_KMS' });
    expect(theirs).toHaveLength(length);
    expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage!.Operation).toBe('DeriveSharedSecret');
  });

  test('a public key on another curve, of another kind, or an invalid one is refused without a message', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKeyOf(kms, spec, 'KEY_AGREEMENT');
    const right = der(aPeer(curve).publicKey);
    const wrong = [
      der(aPeer(curve === 'prime256v1' ? 'secp384r1' : 'prime256v1').publicKey),
      der(aPeer('secp256k1').publicKey),
      der(generateKeyPairSync('x25519').publicKey),
      right.subarray(0, -1),
      Buffer.concat([right.subarray(0, -1), Buffer.of((right.at(-1)! + 1) % 256)]),
      Buffer.from('no key'),
    ];
    for (const PublicKey of wrong) {
      expect(await refusalOf(kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm, PublicKey }))).toBe(NO_TEXT);
    }
  });
});

test('two KMS keys derive the same secret', async () => {
  const { kms } = await aLocalKms();
  const [one, two] = [await aKeyOf(kms, 'ECC_NIST_P256', 'KEY_AGREEMENT'), await aKeyOf(kms, 'ECC_NIST_P256', 'KEY_AGREEMENT')];
  const derive = async (mine: string, other: string) => (await kms.deriveSharedSecret(
    { KeyId: mine, KeyAgreementAlgorithm, PublicKey: (await kms.getPublicKey({ KeyId: other })).PublicKey })).SharedSecret;
  expect(await derive(one.KeyId, two.KeyId)).toEqual(await derive(two.KeyId, one.KeyId));
});

test('a key for signing derives nothing', async () => {
  const { kms } = await aLocalKms();
  const { KeyId, Arn } = await aKeyOf(kms, 'ECC_NIST_P256', 'SIGN_VERIFY');
  expect(await refusalOf(kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm, PublicKey: der(aPeer('prime256v1').publicKey) }))).toBe(
    `InvalidKeyUsageException: ${Arn} key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret.`);
});

test('a dry run reports whether the call would succeed', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKeyOf(kms, 'ECC_NIST_P256', 'KEY_AGREEMENT');
  const request = { KeyId, KeyAgreementAlgorithm, DryRun: true } as const;
  expect(await refusalOf(kms.deriveSharedSecret({ ...request, PublicKey: der(aPeer('prime256v1').publicKey) }))).toBe(
    'DryRunOperationException: The request would have succeeded, but the DryRun option is set.');
  expect(await refusalOf(kms.deriveSharedSecret({ ...request, PublicKey: Buffer.from('no key') }))).toBe(NO_TEXT);
});
