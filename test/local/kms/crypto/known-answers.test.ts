import { createHash, createPrivateKey, createSecretKey } from 'node:crypto';
import { mlDsaSignatures, mlKem } from './post-quantum-known-answers.json';
import { decapsulateSecret } from '../../../../local/kms/crypto/encryption/ml-kem';
import { macOf } from '../../../../local/kms/crypto/mac';
import { subjectPublicKeyInfo } from '../../../../local/kms/crypto/public-key';
import { ED25519_PH } from '../../../../local/kms/crypto/signatures/ed25519';
import { ML_DSA } from '../../../../local/kms/crypto/signatures/ml-dsa';

/** A seed of 0, 1, 2, ...: that of the examples in RFC 9881 and in the ML-KEM certificates of the IETF. */
const seed = (length: number) => createSecretKey(Uint8Array.from({ length }, (_, index) => index));

/**
 * Algorithms that node:crypto of this Node.js does not support are compared with other implementations, whose answers
 * are in this file and the JSON file beside it.
 */
describe('known answers of other implementations', () => {
  test('the test vector of RFC 8032, 7.3, for Ed25519ph', () => {
    const privateKey = Buffer.from(
      '302e020100300506032b657004220420833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
      'hex',
    );
    const key = { keySpec: 'ECC_NIST_EDWARDS25519' as const, secret: createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }) };
    const message = { type: 'DIGEST' as const, bytes: Buffer.from('abc') };
    const signature = '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41'
      + '31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406';

    expect(Buffer.from(ED25519_PH.sign(key, message)).toString('hex')).toBe(signature);
    expect(ED25519_PH.verify(key, message, Buffer.from(signature, 'hex'))).toBe(true);
  });

  test.each([
    ['HMAC_224', 'HMAC_SHA_224', '896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22'],
    ['HMAC_256', 'HMAC_SHA_256', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    ['HMAC_384', 'HMAC_SHA_384', 'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6'],
    ['HMAC_512', 'HMAC_SHA_512', '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde'
      + 'daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854'],
  ] as const)('the first test case of RFC 4231 for %s', (keySpec, algorithm, mac) => {
    const secret = createSecretKey(Buffer.alloc(20, 0x0b));
    expect(macOf(Buffer.from('Hi There'), { keySpec, secret }, algorithm).toString('hex')).toBe(mac);
  });

  /** From OpenSSL 4.0; that of ML_KEM_512 from the example of the IETF. */
  test.each([
    ['ML_DSA_44', 32, '837832708c5236d951581f1fddf2b79991b3424a0486d16da1ddad0fd69701be'],
    ['ML_DSA_65', 32, 'b8b62131bfbe84433efb2273d7f5b87f7a22854a2cfd366fc2aead86d837c52d'],
    ['ML_DSA_87', 32, '07e57c4f14dbad1267f621ec3777b4e2e6c4fbc4c22fbb87510ff8e0b3c6a642'],
    ['ML_KEM_512', 64, '0e3c8b89b54202d2545f7aba2e2aaa3cffa7b6191919ad738fab35b4f313cf71'],
    ['ML_KEM_768', 64, 'c23e23dd3d485a9256cda09358a4a286e00b373db10761eadf99f710649ca31c'],
    ['ML_KEM_1024', 64, 'd2b7480ae006a14b37c1e8a8e45ea39022e32a9b1a7b90d594c84d869c6ac420'],
  ] as const)('the DER of the public key of %s has its known SHA-256', (keySpec, seedBytes, hash) => {
    const der = subjectPublicKeyInfo({ keySpec, secret: seed(seedBytes) });
    expect(createHash('sha256').update(der).digest('hex')).toBe(hash);
  });

  test.each(['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'] as const)('a signature of OpenSSL 4.0 with %s verifies', (keySpec) => {
    const key = { keySpec, secret: seed(32) };
    const signature = Buffer.from(mlDsaSignatures[keySpec], 'base64');
    expect(ML_DSA.verify(key, { type: 'RAW', bytes: Buffer.from('a message') }, signature)).toBe(true);
    expect(ML_DSA.verify(key, { type: 'RAW', bytes: Buffer.from('another message') }, signature)).toBe(false);
  });

  test.each(['ML_KEM_768', 'ML_KEM_1024'] as const)('a secret that OpenSSL 4.0 encapsulated with %s is decapsulated', (keySpec) => {
    const { encapsulated, sharedSecret } = mlKem[keySpec];
    const decapsulated = decapsulateSecret({ keySpec, secret: seed(64) }, Buffer.from(encapsulated, 'base64'));
    expect(Buffer.from(decapsulated).toString('hex')).toBe(sharedSecret);
  });
});
