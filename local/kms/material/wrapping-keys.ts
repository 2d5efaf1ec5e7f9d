import { constants, generateKeyPair, privateDecrypt, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { invalidCiphertext } from '../errors';

export type WrappingKeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096';
export type WrappingAlgorithm = 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256';

interface WrappingKeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const MODULUS_BITS: Record<WrappingKeySpec, number> = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 };
const HASH: Record<WrappingAlgorithm, string> = { RSAES_OAEP_SHA_1: 'sha1', RSAES_OAEP_SHA_256: 'sha256' };

const pairs = new Map<WrappingKeySpec, Promise<WrappingKeyPair>>();

/**
 * One wrapping key pair for each spec in this process, made when it is first asked for.
 *
 * AWS makes a new pair for each call; here that would cost seconds of prime search for nothing, since it is the import token that is unique
 * for each call and binds material to a key. The search runs beside the event loop, so other calls are answered meanwhile.
 */
export async function wrappingKeyPair(spec: WrappingKeySpec): Promise<WrappingKeyPair> {
  let pair = pairs.get(spec);
  if (pair === undefined) pairs.set(spec, pair = promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS[spec] }));
  return pair;
}

export async function unwrap(spec: WrappingKeySpec, algorithm: WrappingAlgorithm, wrapped: Buffer): Promise<Buffer> {
  const { privateKey } = await wrappingKeyPair(spec);
  try {
    return privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: HASH[algorithm] }, wrapped);
  } catch {
    throw invalidCiphertext();
  }
}
