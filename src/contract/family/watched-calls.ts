/**
 * Error codes of failed KMS calls, as CloudTrail spells them: the watch records calls that failed with one of them.
 *
 * All of them count as consumer failures after the alias has moved. `IncorrectKeyException` is the usual one: a
 * consumer passes the alias as `KeyId` to Decrypt, and the alias now names another key. `AccessDenied` (in some events
 * `AccessDeniedException`) means that a consumer may not use the new generation; `DisabledException` and
 * `KMSInvalidStateException` that a generation is not usable. During soak, the last two mean that an application still
 * depends on the generation.
 */
export const WATCHED_ERROR_CODES: readonly string[] = [
  'AccessDenied', 'AccessDeniedException', 'DisabledException', 'IncorrectKeyException', 'KMSInvalidStateException',
];

/** Operations which show that an application depends on a key. Operations that only read its metadata do not. */
export const WATCHED_OPERATIONS: readonly string[] = [
  'Decrypt', 'Encrypt', 'ReEncrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext', 'CreateGrant',
];
