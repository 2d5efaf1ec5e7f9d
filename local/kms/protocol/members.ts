import { blob, flag, integer, list, oneOf, optional, stringMap, structure, text } from './shape';

/** Members that many requests share, with the limits of AWS's service model. */
export const KEY_ID = text({ min: 1, max: 2048 });
export const ALIAS_NAME = text({ min: 1, max: 256, pattern: /^[a-zA-Z0-9:/_-]+$/ });
export const LIMIT = integer({ min: 1, max: 1000 });
export const MARKER = text({ min: 1, max: 1024, pattern: /[\u0020-\u00FF]*/ });
export const ENCRYPTION_CONTEXT = stringMap;
export const GRANT_TOKENS = list(text({ min: 1, max: 8192 }), { max: 10 });
export const ENCRYPTION_ALGORITHM = oneOf('SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE');
export const CIPHERTEXT_BLOB = blob({ min: 1, max: 6144 });
/** The message that is signed, or authenticated with a MAC. */
export const MESSAGE = blob({ min: 1, max: 4096 });
export const KEY_MATERIAL_ID = text({ min: 64, max: 64, pattern: /^[a-f0-9]+$/ });
/** The name of a Region. */
export const REGION_NAME = text({ min: 1, max: 32, pattern: /^([a-z]+-){2,3}\d+$/ });
export const DRY_RUN = flag;
export const DRY_RUN_MODIFIERS = list(oneOf('IGNORE_CIPHERTEXT'));

/**
 * The attestation of an enclave, for an answer that only the enclave can decrypt. Operations refuse it: it
 * is not supported.
 */
export const RECIPIENT = structure({
  KeyEncryptionAlgorithm: optional(oneOf('RSAES_OAEP_SHA_256')),
  AttestationDocument: optional(blob({ min: 1, max: 262144 })),
});
