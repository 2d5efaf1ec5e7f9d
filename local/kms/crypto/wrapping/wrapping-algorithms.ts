import { unsupported } from '../../protocol/errors';
import { factsOf, type KeySpec } from '../../protocol/key-spec';

/** Key material short enough for RSA is encrypted with the wrapping key itself. */
const DIRECTLY = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const;
/** Longer key material is encrypted with an AES key, and only the AES key with the wrapping key. */
const THROUGH_AN_AES_KEY = ['RSA_AES_KEY_WRAP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256'] as const;

/** The ways in which key material can be wrapped. */
export type WrappingKeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096';
export type WrappingAlgorithm = (typeof DIRECTLY)[number] | (typeof THROUGH_AN_AES_KEY)[number];

/** The algorithms that can wrap key material of a spec. */
function algorithmsFor(keySpec: KeySpec): readonly WrappingAlgorithm[] {
  if (factsOf(keySpec).keyClass !== 'asymmetric') return DIRECTLY;
  return keySpec.startsWith('RSA') ? THROUGH_AN_AES_KEY : [...THROUGH_AN_AES_KEY, ...DIRECTLY];
}

/**
 * The algorithm, if it can wrap key material of this spec under this wrapping key, or AWS's refusal.
 *
 * AWS accepts the name RSAES_PKCS1_V1_5, but no import with it. Its messages for these cases are unconfirmed.
 */
export function requireFittingAlgorithm(algorithm: string, wrappingKeySpec: WrappingKeySpec, keySpec: KeySpec): WrappingAlgorithm {
  const fitting = algorithmsFor(keySpec);
  const found = fitting.find((each) => each === algorithm);
  if (found === undefined) {
    throw unsupported(`Wrapping algorithm ${algorithm} is not valid for key spec ${keySpec}. Valid ones are ${fitting.join(', ')}.`);
  }
  if (keySpec === 'ECC_NIST_P521' && wrappingKeySpec === 'RSA_2048' && !wrapsThroughAesKey(found)) {
    throw unsupported(`Wrapping key spec ${wrappingKeySpec} is too small for key spec ${keySpec} with wrapping algorithm ${algorithm}.`);
  }
  return found;
}

export function wrapsThroughAesKey(algorithm: WrappingAlgorithm): boolean {
  return (THROUGH_AN_AES_KEY as readonly string[]).includes(algorithm);
}
