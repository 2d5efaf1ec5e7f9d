import { constants, privateDecrypt, publicEncrypt, type KeyObject } from 'node:crypto';
import { invalidCiphertext } from '../../protocol/errors';

/** OAEP spends two hashes and two bytes of the modulus; what is left is the longest plaintext. */
const OAEP_HASH = { RSAES_OAEP_SHA_1: { name: 'sha1', bytes: 20 }, RSAES_OAEP_SHA_256: { name: 'sha256', bytes: 32 } } as const;
export type RsaEncryptionAlgorithm = keyof typeof OAEP_HASH;

/** How many bytes an RSA key encrypts at most. */
export function longestPlaintext(privateKey: KeyObject, algorithm: RsaEncryptionAlgorithm): number {
  return modulusBits(privateKey) / 8 - 2 * OAEP_HASH[algorithm].bytes - 2;
}

/** The ciphertext is that of any other RSA library: it does not tell which key can open it. */
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
  if (bits === undefined) throw new Error('an RSA key without a modulus');
  return bits;
}

function oaep(key: KeyObject, algorithm: RsaEncryptionAlgorithm) {
  return { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: OAEP_HASH[algorithm].name };
}
