import { constants, createDecipheriv, generateKeyPair, privateDecrypt, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { wrapsThroughAesKey, type WrappingAlgorithm, type WrappingKeySpec } from './wrapping-algorithms';
import { invalidCiphertext } from '../../protocol/errors';


interface WrappingKeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const MODULUS_BITS: Record<WrappingKeySpec, number> = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 };
const AES_KEY_BYTES = 32;
/** The fixed prefix that RFC 5649 defines for key wrap with padding. */
const PADDED_KEY_WRAP_START = Buffer.from('A65959A6', 'hex');

const pairs = new Map<WrappingKeySpec, Promise<WrappingKeyPair>>();

/**
 * The wrapping key pair of a spec. Each process generates one for each spec, at its first use.
 *
 * AWS generates a new pair for each call. Here that would cost seconds of prime search without benefit: the import
 * token is unique for each call and binds key material to a key. The search does not block the event loop, so that
 * other calls are answered.
 */
export async function wrappingKeyPair(spec: WrappingKeySpec): Promise<WrappingKeyPair> {
  let pair = pairs.get(spec);
  if (pair === undefined) pairs.set(spec, pair = promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS[spec] }));
  return pair;
}

/** Unwraps key material. Every failure is the same error, which reports only that the ciphertext is invalid. */
export async function unwrap(spec: WrappingKeySpec, algorithm: WrappingAlgorithm, wrapped: Buffer): Promise<Buffer> {
  const { privateKey } = await wrappingKeyPair(spec);
  const oaepHash = algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256';
  const openWithRsa = (bytes: Buffer) => privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes);
  try {
    if (!wrapsThroughAesKey(algorithm)) return openWithRsa(wrapped);
    const modulusBytes = MODULUS_BITS[spec] / 8;
    return openWithAes(openWithRsa(wrapped.subarray(0, modulusBytes)), wrapped.subarray(modulusBytes));
  } catch {
    throw invalidCiphertext();
  }
}

function openWithAes(aesKey: Buffer, wrapped: Buffer): Buffer {
  try {
    if (aesKey.length !== AES_KEY_BYTES) throw new Error('the AES key has another length');
    // OpenSSL accepts an empty input without an error.
    if (wrapped.length === 0) throw new Error('nothing is wrapped with the AES key');
    const decipher = createDecipheriv('id-aes256-wrap-pad', aesKey, PADDED_KEY_WRAP_START);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  } finally {
    aesKey.fill(0);
  }
}
