import { execFileSync } from 'node:child_process';
import { constants, createHash, createPublicKey, verify as verifySignature, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KMS, KeySpec, MessageType, SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { aKeyOf, aLastingLocalKms, refusalOf, type Described } from '../../local-kms-bench';

const INVALID_SIGNATURE = 'KMSInvalidSignatureException: UnknownError';
const DRY_RUN = 'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';
const MESSAGE = Buffer.from('a message');

const SPECS = [
  'RSA_2048',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'ECC_NIST_EDWARDS25519',
  'ML_DSA_44',
  'ML_DSA_65',
  'ML_DSA_87',
] as const satisfies readonly KeySpec[];
type Spec = (typeof SPECS)[number];

/** The algorithms over a hash of the message, and their hash. */
const OVER_DIGESTS: readonly (readonly [Spec, SigningAlgorithmSpec, string])[] = [
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256'],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_384', 'sha384'],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_512', 'sha512'],
  ['RSA_2048', 'RSASSA_PSS_SHA_256', 'sha256'],
  ['RSA_2048', 'RSASSA_PSS_SHA_384', 'sha384'],
  ['RSA_2048', 'RSASSA_PSS_SHA_512', 'sha512'],
  ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256'],
];
/** Every way to sign that KMS has: spec, algorithm, type of message, and a message of that type. */
const ALL_WAYS: readonly (readonly [Spec, SigningAlgorithmSpec, MessageType, Buffer])[] = [
  ...OVER_DIGESTS.flatMap(([spec, algorithm, hash]) => [
    [spec, algorithm, 'RAW', MESSAGE] as const,
    [spec, algorithm, 'DIGEST', createHash(hash).update(MESSAGE).digest()] as const,
  ]),
  ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'RAW', MESSAGE],
  ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512', 'DIGEST', createHash('sha512').update(MESSAGE).digest()],
  ...(['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'] as const).flatMap((spec) => [
    [spec, 'ML_DSA_SHAKE_256', 'RAW', MESSAGE] as const,
    [spec, 'ML_DSA_SHAKE_256', 'EXTERNAL_MU', Buffer.alloc(64, 5)] as const,
  ]),
];

let kms: KMS;
let stop: () => Promise<void>;
const keys = {} as Record<Spec, Described & { publicKey: Buffer }>;

beforeAll(async () => {
  ({ kms, stop } = await aLastingLocalKms());
  for (const spec of SPECS) {
    const key = await aKeyOf(kms, spec, 'SIGN_VERIFY');
    keys[spec] = { ...key, publicKey: Buffer.from((await kms.getPublicKey({ KeyId: key.KeyId })).PublicKey!) };
  }
});

afterAll(async () => stop());

async function signatureOf(
  spec: Spec,
  SigningAlgorithm: SigningAlgorithmSpec,
  MessageType: MessageType,
  Message: Uint8Array,
): Promise<Uint8Array> {
  return (await kms.sign({ KeyId: keys[spec].KeyId, SigningAlgorithm, MessageType, Message })).Signature!;
}

/** Verification by node:crypto, independent of KMS. */
function isSignature(spec: Spec, algorithm: SigningAlgorithmSpec, hash: string, message: Uint8Array, signature: Uint8Array): boolean {
  const key: KeyObject = createPublicKey({ key: keys[spec].publicKey, format: 'der', type: 'spki' });
  const padding = algorithm.includes('PSS') ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  return verifySignature(hash, message, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
}

describe.each(ALL_WAYS)('%s, %s over %s', (spec, SigningAlgorithm, MessageType, Message) => {
  test('what was signed verifies, under the key and no other message', async () => {
    const { KeyId, Arn } = keys[spec];
    const signed = await kms.sign({ KeyId, SigningAlgorithm, MessageType, Message });
    expect(signed).toMatchObject({ KeyId: Arn, SigningAlgorithm });
    const Signature = signed.Signature!;

    const verified = await kms.verify({ KeyId, SigningAlgorithm, MessageType, Message, Signature });
    expect(verified).toMatchObject({ KeyId: Arn, SigningAlgorithm, SignatureValid: true });
    const other = Message.map((byte, index) => index === 0 ? (byte + 1) % 256 : byte);
    expect(await refusalOf(kms.verify({ KeyId, SigningAlgorithm, MessageType, Message: other, Signature }))).toBe(INVALID_SIGNATURE);
  });

  test('a signature that was altered, truncated, or belongs to another message is invalid', async () => {
    const { KeyId } = keys[spec];
    const signature = Buffer.from(await signatureOf(spec, SigningAlgorithm, MessageType, Message));
    const changed = (at: number) => signature.map((byte, index) => index === at ? (byte + 1) % 256 : byte);
    const wrong = [
      changed(0), changed(Math.floor(signature.length / 2)), changed(signature.length - 1),
      signature.subarray(0, -1), Buffer.concat([signature, Buffer.alloc(1)]),
      Buffer.alloc(1), Buffer.alloc(signature.length), Buffer.alloc(signature.length, 255),
    ];
    for (const Signature of wrong) {
      expect(await refusalOf(kms.verify({ KeyId, SigningAlgorithm, MessageType, Message, Signature }))).toBe(INVALID_SIGNATURE);
    }
  });

  test('a dry run reports whether the call would succeed', async () => {
    const { KeyId } = keys[spec];
    const request = { KeyId, SigningAlgorithm, MessageType, Message, DryRun: true };
    const Signature = await signatureOf(spec, SigningAlgorithm, MessageType, Message);
    expect(await refusalOf(kms.sign(request))).toBe(DRY_RUN);
    expect(await refusalOf(kms.verify({ ...request, Signature }))).toBe(DRY_RUN);
    expect(await refusalOf(kms.verify({ ...request, Signature: Buffer.alloc(9) }))).toBe(INVALID_SIGNATURE);
  });
});

describe.each(OVER_DIGESTS)('%s, %s', (spec, algorithm, hash) => {
  test('for all messages, node:crypto verifies signatures over the message and over its digest, and KMS accepts one as the other', async () => {
    const aMessage = fc.uint8Array({ minLength: 1, maxLength: 4096 });
    await fc.assert(
      fc.asyncProperty(aMessage, async (message) => {
        const digest = createHash(hash).update(message).digest();
        const [overMessage, overDigest] = [
          await signatureOf(spec, algorithm, 'RAW', message),
          await signatureOf(spec, algorithm, 'DIGEST', digest),
        ];
        expect(isSignature(spec, algorithm, hash, message, overMessage)).toBe(true);
        expect(isSignature(spec, algorithm, hash, message, overDigest)).toBe(true);
        const { KeyId } = keys[spec];
        await kms.verify({ KeyId, SigningAlgorithm: algorithm, Message: digest, MessageType: 'DIGEST', Signature: overMessage });
        await kms.verify({ KeyId, SigningAlgorithm: algorithm, Message: message, MessageType: 'RAW', Signature: overDigest });
      }),
      { numRuns: 10 },
    );
  });

  test('a digest that is a byte too short or too long is refused', async () => {
    const { KeyId } = keys[spec];
    const { length } = createHash(hash).digest();
    for (const Message of [Buffer.alloc(length - 1), Buffer.alloc(length + 1)]) {
      expect(await refusalOf(kms.sign({ KeyId, SigningAlgorithm: algorithm, MessageType: 'DIGEST', Message }))).toBe(
        `ValidationException: Digest is invalid length for algorithm ${algorithm}.`);
    }
  });
});

test('openssl verifies a signature over a digest', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'local-kms-sign-'));
  try {
    const file = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const digest = file('digest', createHash('sha256').update(MESSAGE).digest());
    const verifies = async (spec: Spec, algorithm: SigningAlgorithmSpec, ...options: string[]) => {
      const signature = file('signature', await signatureOf(spec, algorithm, 'DIGEST', createHash('sha256').update(MESSAGE).digest()));
      const key = file('key', keys[spec].publicKey);
      return execFileSync('openssl', [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        key,
        '-keyform',
        'DER',
        '-in',
        digest,
        '-sigfile',
        signature,
        '-pkeyopt',
        'digest:sha256',
        ...options,
      ]).toString();
    };
    expect(await verifies('RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256')).toContain('Verified Successfully');
    expect(
      await verifies('RSA_2048', 'RSASSA_PSS_SHA_256', '-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:digest'),
    ).toContain('Verified Successfully');
    expect(await verifies('ECC_NIST_P256', 'ECDSA_SHA_256')).toContain('Verified Successfully');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('node:crypto verifies Ed25519 signatures', async () => {
  const signature = await signatureOf('ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'RAW', MESSAGE);
  const key = createPublicKey({ key: keys.ECC_NIST_EDWARDS25519.publicKey, format: 'der', type: 'spki' });
  expect(verifySignature(null, MESSAGE, key, signature)).toBe(true);
});

test('a message without a type is a raw one, of any length', async () => {
  const { KeyId } = keys.ECC_NIST_P256;
  const digest = createHash('sha256').update(MESSAGE).digest();
  const { Signature } = await kms.sign({ KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: digest });
  expect(isSignature('ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256', digest, Signature!)).toBe(true);
  expect(await refusalOf(kms.sign({ KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: Buffer.alloc(4097) }))).toBe('ValidationException: '
    + '1 validation error detected: Value at \'message\' failed to satisfy constraint: Member must have length less than or equal to 4096');
});

test('ML-DSA signs the same whether KMS or the caller joins public key and message', async () => {
  const { KeyId, publicKey } = keys.ML_DSA_44;
  const shake = () => createHash('shake256', { outputLength: 64 });
  const hashOfPublicKey = shake().update(publicKey.subarray(22)).digest();
  const mu = shake().update(hashOfPublicKey).update(Buffer.alloc(2)).update(MESSAGE).digest();

  const Signature = await signatureOf('ML_DSA_44', 'ML_DSA_SHAKE_256', 'RAW', MESSAGE);

  await kms.verify({ KeyId, SigningAlgorithm: 'ML_DSA_SHAKE_256', MessageType: 'EXTERNAL_MU', Message: mu, Signature });
});

test.each<[Spec, SigningAlgorithmSpec, MessageType, string]>([
  ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'DIGEST', 'Message type DIGEST is incompatible with algorithm ED25519_SHA_512.'],
  ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512', 'RAW', 'Message type RAW is incompatible with algorithm ED25519_PH_SHA_512.'],
  ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512', 'DIGEST', 'Digest is invalid length for algorithm ED25519_PH_SHA_512.'],
  ['ML_DSA_44', 'ML_DSA_SHAKE_256', 'DIGEST', 'Message type DIGEST is incompatible with key spec ML_DSA_44.'],
  ['ML_DSA_44', 'ML_DSA_SHAKE_256', 'EXTERNAL_MU', 'External Mu is invalid length for algorithm ML_DSA_SHAKE_256.'],
  ['ECC_NIST_P256', 'ECDSA_SHA_256', 'EXTERNAL_MU', 'Message type EXTERNAL_MU is incompatible with key spec ECC_NIST_P256.'],
])('%s, %s does not take a %s of nine bytes', async (spec, SigningAlgorithm, MessageType, text) => {
  const request = { KeyId: keys[spec].KeyId, SigningAlgorithm, MessageType, Message: MESSAGE };
  expect(await refusalOf(kms.sign(request))).toBe(`ValidationException: ${text}`);
  expect(await refusalOf(kms.verify({ ...request, Signature: Buffer.alloc(64) }))).toBe(`ValidationException: ${text}`);
});

test('an algorithm of another spec does not fit the key', async () => {
  const Message = MESSAGE;
  expect(await refusalOf(kms.sign({ KeyId: keys.ECC_NIST_P256.KeyId, SigningAlgorithm: 'ECDSA_SHA_384', Message }))).toBe(
    'InvalidKeyUsageException: Algorithm ECDSA_SHA_384 is incompatible with key spec ECC_NIST_P256.');
  expect(await refusalOf(kms.verify({ KeyId: keys.RSA_2048.KeyId, SigningAlgorithm: 'SM2DSA', Message, Signature: Message }))).toBe(
    'InvalidKeyUsageException: Algorithm SM2DSA is incompatible with key spec RSA_2048.');
});

test('a key for another use neither signs nor verifies', async () => {
  const { KeyId, Arn } = await aKeyOf(kms, 'ECC_NIST_P256', 'KEY_AGREEMENT');
  const request = { KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: MESSAGE } as const;
  expect(await refusalOf(kms.sign(request))).toBe(
    `InvalidKeyUsageException: ${Arn} key usage is KEY_AGREEMENT which is not valid for Sign.`,
  );
  expect(await refusalOf(kms.verify({ ...request, Signature: MESSAGE }))).toBe(
    `InvalidKeyUsageException: ${Arn} key usage is KEY_AGREEMENT which is not valid for Verify.`);
});

test('Sign and Verify are recorded as the last use of a key', async () => {
  const { KeyId } = await aKeyOf(kms, 'ECC_NIST_P256', 'SIGN_VERIFY');
  const request = { KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: MESSAGE } as const;
  const { Signature } = await kms.sign(request);
  expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage!.Operation).toBe('Sign');
  await kms.verify({ ...request, Signature });
  expect((await kms.getKeyLastUsage({ KeyId })).KeyLastUsage!.Operation).toBe('Verify');
});
