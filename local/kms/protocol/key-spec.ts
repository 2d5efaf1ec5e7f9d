/** The uses of a KMS key. A key has one of them for its whole life. */
export const KEY_USAGES = ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT', 'ENCAPSULATE_DECAPSULATE'] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** Classes of keys. An alias can move only within its class. */
export type KeyClass = 'symmetric' | 'asymmetric' | 'hmac';

/** The properties that are fixed for every key of a spec. */
export interface KeySpecFacts {
  readonly keyClass: KeyClass;
  /** The uses of such a key, and the algorithms of each use. */
  readonly algorithms: { readonly [Usage in KeyUsage]?: readonly string[] };
  /** Whether key material can be imported. */
  readonly importable: boolean;
}

const RSA: KeySpecFacts = {
  keyClass: 'asymmetric',
  importable: true,
  algorithms: {
    ENCRYPT_DECRYPT: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
    SIGN_VERIFY: [
      'RSASSA_PKCS1_V1_5_SHA_256', 'RSASSA_PKCS1_V1_5_SHA_384', 'RSASSA_PKCS1_V1_5_SHA_512',
      'RSASSA_PSS_SHA_256', 'RSASSA_PSS_SHA_384', 'RSASSA_PSS_SHA_512',
    ],
  },
};
const ML_DSA: KeySpecFacts = { keyClass: 'asymmetric', importable: false, algorithms: { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] } };
const ML_KEM: KeySpecFacts = { keyClass: 'asymmetric', importable: false, algorithms: { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] } };

const onNistCurve = (hash: number): KeySpecFacts => (
  { keyClass: 'asymmetric', importable: true, algorithms: { SIGN_VERIFY: [`ECDSA_SHA_${hash}`], KEY_AGREEMENT: ['ECDH'] } });
const hmac = (hash: number): KeySpecFacts => (
  { keyClass: 'hmac', importable: true, algorithms: { GENERATE_VERIFY_MAC: [`HMAC_SHA_${hash}`] } });

/**
 * Every spec that a key of this KMS can have. SM2, which AWS offers in China only, is accepted in requests
 * but not supported.
 */
export const KEY_SPEC_FACTS = {
  SYMMETRIC_DEFAULT: { keyClass: 'symmetric', importable: true, algorithms: { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] } },
  RSA_2048: RSA,
  RSA_3072: RSA,
  RSA_4096: RSA,
  ECC_NIST_P256: onNistCurve(256),
  ECC_NIST_P384: onNistCurve(384),
  ECC_NIST_P521: onNistCurve(512),
  ECC_SECG_P256K1: { keyClass: 'asymmetric', importable: true, algorithms: { SIGN_VERIFY: ['ECDSA_SHA_256'] } },
  ECC_NIST_EDWARDS25519: {
    keyClass: 'asymmetric', importable: true, algorithms: { SIGN_VERIFY: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] },
  },
  HMAC_224: hmac(224),
  HMAC_256: hmac(256),
  HMAC_384: hmac(384),
  HMAC_512: hmac(512),
  ML_DSA_44: ML_DSA,
  ML_DSA_65: ML_DSA,
  ML_DSA_87: ML_DSA,
  ML_KEM_512: ML_KEM,
  ML_KEM_768: ML_KEM,
  ML_KEM_1024: ML_KEM,
} as const satisfies Record<string, KeySpecFacts>;

export type KeySpec = keyof typeof KEY_SPEC_FACTS;

/** In the order of the AWS documentation. */
export const KEY_SPECS = Object.keys(KEY_SPEC_FACTS) as KeySpec[];

export function factsOf(keySpec: KeySpec): KeySpecFacts {
  return KEY_SPEC_FACTS[keySpec];
}

/** The algorithms of a key of this spec in this use; none if the spec does not allow the use. */
export function algorithmsOf(keySpec: KeySpec, keyUsage: KeyUsage): readonly string[] {
  return factsOf(keySpec).algorithms[keyUsage] ?? [];
}
