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

/** Beginning of every staging label of this library. The role that imports key material can change no others. */
export const STAGING_LABEL_PREFIX = 'cdk-kms-lifecycle/';

/** Staging labels of all versions of a secret together. */
export const SECRET_LABELS = 20;

/** Limits of the description of imported key material. Source: "ImportKeyMaterial", AWS KMS API reference. */
export const MATERIAL_DESCRIPTION = { length: 256, characters: /^[a-zA-Z0-9:/_\s.-]+$/ } as const;

/** How long CloudFormation waits for the response of our custom resources. */
export const SERVICE_TIMEOUT_SECONDS = 900;

/**
 * Timeout of a handler: less than CloudFormation waits, so that the handler always reports the cause of a failure, and
 * more than KMS needs to apply two changes, one after another.
 */
export const HANDLER_TIMEOUT_SECONDS = 840;

/**
 * How long a function waits until KMS shows and applies a change. KMS usually needs less than a second, and at most
 * five minutes; half a minute is reserve.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency
 */
export const KMS_PROPAGATION_SECONDS = 330;

/** Maximum length of a custom resource response: CloudFormation rejects longer ones. */
export const MAX_ANSWER_BYTES = 4096;

/** Maximum number of encryption context pairs in a grant constraint. */
export const MAX_GRANT_CONTEXT_PAIRS = 8;

/** Maximum length of an encryption context value in a grant constraint. */
export const MAX_GRANT_CONTEXT_VALUE_LENGTH = 384;

/** Maximum length of a grant name. */
export const MAX_GRANT_NAME_LENGTH = 256;

/** Maximum length of the description of a key. */
export const MAX_DESCRIPTION_LENGTH = 8192;

/** Limits of the tags of a key. Source: "TagResource", AWS KMS API reference. */
export const TAG_LIMITS = { count: 50, nameLength: 128, valueLength: 256 } as const;

/** Characters that KMS allows in the names and values of tags. */
export const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;

/** Length of the id of a version of a secret. Source: "PutSecretValue", AWS Secrets Manager API reference. */
export const SECRET_VERSION_LENGTH = { min: 32, max: 64 } as const;
