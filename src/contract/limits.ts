/** Limits of AWS KMS and CloudFormation. Each is defined once, for the check, the message and the documentation. */

/** AES-256: the only length of key material that a symmetric KMS key accepts. */
export const SYMMETRIC_MATERIAL_BYTES = 32;

/** Maximum number of days until imported key material expires. */
export const MAX_EXPIRATION_DAYS = 365;

/** Minimum number of days until it expires: a renewal that runs daily could not renew it in less. */
export const MIN_EXPIRATION_DAYS = 1;

/** Prefix of every alias. */
export const ALIAS_PREFIX = 'alias/';

/** Prefix of aliases that are reserved for AWS managed keys. */
export const RESERVED_ALIAS_PREFIX = 'alias/aws/';

/** Maximum length of an alias, including `alias/`. */
export const MAX_ALIAS_LENGTH = 256;

/** Maximum length of a key policy, in bytes of UTF-8. */
export const MAX_KEY_POLICY_BYTES = 32_768;

/** Days for which a key can be pending deletion. */
export const PENDING_WINDOW_DAYS = { min: 7, max: 30 } as const;

/** Period of automatic rotation by AWS KMS, in days. */
export const AUTOMATIC_ROTATION_DAYS = { min: 90, max: 2560 } as const;

/** Wrapping algorithms that KMS accepts for symmetric key material, and that the handler implements. */
export const SYMMETRIC_WRAPPING_ALGORITHMS: readonly string[] = ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1'];

/** How long CloudFormation waits for the response of our custom resources. */
export const SERVICE_TIMEOUT_SECONDS = 300;

/** Timeout of a handler: less than CloudFormation waits, so that the handler always reports the cause of a failure. */
export const HANDLER_TIMEOUT_SECONDS = 240;

/** Maximum length of a custom resource response: CloudFormation rejects longer ones. */
export const MAX_ANSWER_BYTES = 4096;

/** Maximum number of encryption context pairs in a grant constraint. */
export const MAX_GRANT_CONTEXT_PAIRS = 8;

/** Maximum length of an encryption context value in a grant constraint. */
export const MAX_GRANT_CONTEXT_VALUE_LENGTH = 384;

/** Maximum length of a grant name. */
export const MAX_GRANT_NAME_LENGTH = 256;
