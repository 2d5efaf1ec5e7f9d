import { createSecretKey, generateKeyPair, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { idOfSecret } from './material-id';
import type { KeySpec } from '../../protocol/key-spec';

const SYMMETRIC_BYTES = 32;
/** The length in bytes of the secret of a spec, if it is a sequence of random bytes: a seed for ML-DSA and ML-KEM. */
export const SECRET_BYTES: { readonly [Spec in KeySpec]?: number } = {
  SYMMETRIC_DEFAULT: SYMMETRIC_BYTES,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
  ML_DSA_44: 32,
  ML_DSA_65: 32,
  ML_DSA_87: 32,
  ML_KEM_512: 64,
  ML_KEM_768: 64,
  ML_KEM_1024: 64,
};
export const MODULUS_BITS: { readonly [Spec in KeySpec]?: number } = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 };
export const NAMED_CURVE: { readonly [Spec in KeySpec]?: string } = {
  ECC_NIST_P256: 'prime256v1',
  ECC_NIST_P384: 'secp384r1',
  ECC_NIST_P521: 'secp521r1',
  ECC_SECG_P256K1: 'secp256k1',
};

/**
 * Generates a secret of the spec: a secret key, or the private key of a pair. The search for primes does not block the
 * event loop.
 */
export async function generateSecret(keySpec: KeySpec): Promise<KeyObject> {
  const length = SECRET_BYTES[keySpec];
  if (length !== undefined) return randomSecret(length);
  const modulusLength = MODULUS_BITS[keySpec];
  if (modulusLength !== undefined) return (await promisify(generateKeyPair)('rsa', { modulusLength })).privateKey;
  const namedCurve = NAMED_CURVE[keySpec];
  return namedCurve === undefined ? generateKeyPairSync('ed25519').privateKey : generateKeyPairSync('ec', { namedCurve }).privateKey;
}

/** Generates key material for a KMS key. */
export async function generateMaterial(keyId: string, keySpec: KeySpec): Promise<{ id: string; secret: KeyObject }> {
  const secret = await generateSecret(keySpec);
  return { id: idOfSecret(keyId, secret), secret };
}

/** Generates symmetric key material synchronously, for automatic rotation, which no call waits for. */
export function symmetricMaterial(keyId: string): { id: string; secret: KeyObject } {
  const secret = randomSecret(SYMMETRIC_BYTES);
  return { id: idOfSecret(keyId, secret), secret };
}

function randomSecret(length: number): KeyObject {
  const bytes = randomBytes(length);
  const secret = createSecretKey(bytes);
  bytes.fill(0);
  return secret;
}
