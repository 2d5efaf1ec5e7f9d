import { ecdsa } from './ecdsa';
import { ED25519, ED25519_PH } from './ed25519';
import { ML_DSA } from './ml-dsa';
import { rsaPkcs1, rsaPss } from './rsa-signatures';
import { SHA_256, SHA_384, SHA_512, type SignatureScheme } from './signature-scheme';

/** Every signing algorithm of this KMS. */
export const SIGNATURE_SCHEMES = {
  RSASSA_PKCS1_V1_5_SHA_256: rsaPkcs1(SHA_256),
  RSASSA_PKCS1_V1_5_SHA_384: rsaPkcs1(SHA_384),
  RSASSA_PKCS1_V1_5_SHA_512: rsaPkcs1(SHA_512),
  RSASSA_PSS_SHA_256: rsaPss(SHA_256),
  RSASSA_PSS_SHA_384: rsaPss(SHA_384),
  RSASSA_PSS_SHA_512: rsaPss(SHA_512),
  ECDSA_SHA_256: ecdsa(SHA_256),
  ECDSA_SHA_384: ecdsa(SHA_384),
  ECDSA_SHA_512: ecdsa(SHA_512),
  ED25519_SHA_512: ED25519,
  ED25519_PH_SHA_512: ED25519_PH,
  ML_DSA_SHAKE_256: ML_DSA,
} as const satisfies Record<string, SignatureScheme>;

export type SigningAlgorithm = keyof typeof SIGNATURE_SCHEMES;

export const SIGNING_ALGORITHMS = Object.keys(SIGNATURE_SCHEMES) as SigningAlgorithm[];
