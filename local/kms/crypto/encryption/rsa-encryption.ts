import { constants, privateDecrypt, publicEncrypt, type KeyObject } from 'node:crypto';
import { invalidCiphertext } from '../../protocol/errors';

/** OAEP uses two hashes and two bytes of the modulus; the rest is the maximum length of a plaintext. */
const OAEP_HASH = { RSAES_OAEP_SHA_1: { name: 'sha1', bytes: 20 }, RSAES_OAEP_SHA_256: { name: 'sha256', bytes: 32 } } as const;
export type RsaEncryptionAlgorithm = keyof typeof OAEP_HASH;

/** The maximum number of bytes that an RSA key encrypts. */
export function maxPlaintextBytes(privateKey: KeyObject, algorithm: RsaEncryptionAlgorithm): number {
  return modulusBits(privateKey) / 8 - 2 * OAEP_HASH[algorithm].bytes - 2;
}

/** Encrypts with RSA OAEP. The ciphertext is that of any other RSA library: it does not name its key. */
export function encryptOaep(privateKey: KeyObject, algorithm: RsaEncryptionAlgorithm, plaintext: Uint8Array): Buffer {
  return publicEncrypt(oaep(privateKey, algorithm), plaintext);
}

export function decryptOaep(privateKey: KeyObject, algorithm: RsaEncryptionAlgorithm, ciphertext: Buffer): Buffer {
  try {
    return privateDecrypt(oaep(privateKey, algorithm), ciphertext);
  } catch {
    throw invalidCiphertext();
  }
}

export function modulusBits(key: KeyObject): number {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits === undefined) throw new Error('the RSA key has no modulus');
  return bits;
}

function oaep(key: KeyObject, algorithm: RsaEncryptionAlgorithm) {
  return { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: OAEP_HASH[algorithm].name };
}
