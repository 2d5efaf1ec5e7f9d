import { createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import { MODULUS_BITS, NAMED_CURVE, SECRET_BYTES } from './generate-material';
import { incorrectKeyMaterial, validation } from '../../protocol/errors';
import { factsOf, type KeySpec } from '../../protocol/key-spec';

/** HMAC key material may be longer than what KMS generates, up to 1024 bits. */
const MAX_HMAC_BYTES = 128;

/**
 * Creates a key object of the spec from unwrapped key material, and wipes the buffer.
 *
 * The message about a wrong length is AWS's for symmetric key material. What AWS returns for a private key of another
 * kind is unconfirmed; its reference calls such key material invalid under the name IncorrectKeyMaterialException.
 */
export function importedSecret(keySpec: KeySpec, bytes: Buffer): KeyObject {
  try {
    const { keyClass } = factsOf(keySpec);
    if (keyClass === 'asymmetric') return privateKeyOf(keySpec, bytes);
    const min = SECRET_BYTES[keySpec] ?? 0;
    const max = keyClass === 'hmac' ? MAX_HMAC_BYTES : min;
    if (bytes.length < min || bytes.length > max) throw validation('Invalid encrypted key size.');
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

function privateKeyOf(keySpec: KeySpec, pkcs8: Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  } catch {
    throw incorrectKeyMaterial();
  }
  if (!isOfSpec(key, keySpec)) throw incorrectKeyMaterial();
  return key;
}

function isOfSpec(key: KeyObject, keySpec: KeySpec): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (keySpec === 'ECC_NIST_EDWARDS25519') return type === 'ed25519';
  if (keySpec in NAMED_CURVE) return type === 'ec' && details?.namedCurve === NAMED_CURVE[keySpec];
  return type === 'rsa' && details?.modulusLength === MODULUS_BITS[keySpec] && hasTwoPrimes(key);
}

/**
 * Whether the key has two primes. An RSA private key is a sequence (its header takes 4 bytes at these sizes) that
 * starts with the integer 0 for two primes, and 1 for more.
 */
function hasTwoPrimes(key: KeyObject): boolean {
  const bytes = key.export({ type: 'pkcs1', format: 'der' });
  const two = bytes.subarray(4, 7).equals(Buffer.from([2, 1, 0]));
  bytes.fill(0);
  return two;
}
