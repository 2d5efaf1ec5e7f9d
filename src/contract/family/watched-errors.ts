/**
 * What KMS answers when a key is asked for and cannot be had, as CloudTrail spells it: the watch notes calls that failed like this.
 *
 * All of them count as trouble of consumers once the alias has moved. `IncorrectKeyException` is the one to expect: somebody names the
 * alias when it decrypts, and the alias names another key now. `AccessDenied` (`AccessDeniedException`, as some events have it) says that
 * a consumer may not use the new generation, `DisabledException` and `KMSInvalidStateException` that a generation cannot be used at all.
 * In soak, the last two say that somebody still depends on the generation.
 */
export const WATCHED_ERROR_CODES: readonly string[] = [
  'AccessDenied', 'AccessDeniedException', 'DisabledException', 'IncorrectKeyException', 'KMSInvalidStateException',
];
