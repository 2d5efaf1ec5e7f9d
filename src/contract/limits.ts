/** Limits of AWS KMS and CloudFormation. Each stands here once, for the check, the message and the documentation. */

/** AES-256: the only length of key material that a symmetric KMS key takes. */
export const SYMMETRIC_MATERIAL_BYTES = 32;

/** How many days ahead imported key material may be set to expire, at most. */
export const MAX_EXPIRATION_DAYS = 365;

/** Material that lives shorter than a day could not be renewed by anything that looks once a day. */
export const MIN_EXPIRATION_DAYS = 1;

/** What every alias of a customer begins with. */
export const ALIAS_PREFIX = 'alias/';

/** Aliases below it belong to AWS. */
export const RESERVED_ALIAS_PREFIX = 'alias/aws/';

/** Length of an alias, `alias/` included. */
export const MAX_ALIAS_LENGTH = 256;

/** Length of a key policy in UTF-8. */
export const MAX_KEY_POLICY_BYTES = 32_768;

/** How many days a key may wait for its deletion. */
export const PENDING_WINDOW_DAYS = { min: 7, max: 30 } as const;

/** How often AWS KMS rotates a key by itself, in days. */
export const AUTOMATIC_ROTATION_DAYS = { min: 90, max: 2560 } as const;

/** What KMS takes for symmetric key material, and what our handler knows how to do. */
export const SYMMETRIC_WRAPPING_ALGORITHMS: readonly string[] = ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1'];

/** How long CloudFormation waits for the answer of our custom resources. */
export const SERVICE_TIMEOUT_SECONDS = 300;

/** How long a handler may run: less than CloudFormation waits, so that it is always the handler who says what went wrong. */
export const HANDLER_TIMEOUT_SECONDS = 240;

/** CloudFormation reads no answer of a custom resource that is longer. */
export const MAX_ANSWER_BYTES = 4096;

/** How many pairs of an encryption context a grant can be held to. */
export const MAX_GRANT_CONTEXT_PAIRS = 8;

/** Length of each value of an encryption context that a grant is held to. */
export const MAX_GRANT_CONTEXT_VALUE_LENGTH = 384;

/** Length of the name of a grant. */
export const MAX_GRANT_NAME_LENGTH = 256;
