import { createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import { MODULUS_BITS, NAMED_CURVE, SECRET_BYTES } from './generate-material';
import { incorrectKeyMaterial, validation } from '../../protocol/errors';
import { factsOf, type KeySpec } from '../../protocol/key-spec';

/** HMAC material may be longer than KMS itself would make it, up to 1024 bits. */
const LONGEST_HMAC_BYTES = 128;

/**
 * Takes unwrapped bytes into a key of the spec, and wipes them.
 *
 * The words about a wrong length are AWS's for symmetric material. What it says about a private key of another kind is unconfirmed;
 * its reference calls such material invalid under the name IncorrectKeyMaterialException.
 */
export function takeImportedSecret(keySpec: KeySpec, bytes: Buffer): KeyObject {
  try {
    const { keyClass } = factsOf(keySpec);
    if (keyClass === 'asymmetric') return privateKeyOf(keySpec, bytes);
    const least = SECRET_BYTES[keySpec] ?? 0;
    const most = keyClass === 'hmac' ? LONGEST_HMAC_BYTES : least;
    if (bytes.length < least || bytes.length > most) throw validation('Invalid encrypted key size.');
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

/** An RSA private key is a sequence (its header takes 4 bytes at these sizes) that starts with the integer 0 for two primes, 1 for more. */
function hasTwoPrimes(key: KeyObject): boolean {
  const bytes = key.export({ type: 'pkcs1', format: 'der' });
  const two = bytes.subarray(4, 7).equals(Buffer.from([2, 1, 0]));
  bytes.fill(0);
  return two;
}
