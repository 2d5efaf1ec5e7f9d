/**
 * Every error name that a function throws. Retry and Catch of the state machines match on these names, so a
 * name never changes.
 */
export enum ErrorName {
  /** The request or configuration is wrong: retrying the same request does not help. */
  INVALID_REQUEST = 'InvalidRequest',
  /** The state of a key does not allow the operation, temporarily or permanently. */
  KEY_NOT_READY = 'KeyNotReady',
  /** AWS throttled the call or had an internal error: retry later. */
  THROTTLED = 'Throttled',
  /** AWS denied permission: a policy must change first. */
  ACCESS_DENIED = 'AccessDenied',
  /** AWS returned something other than expected. The run stops; nothing was written. */
  VERIFICATION_FAILED = 'VerificationFailed',
  /** Another run or deployment now owns the work on the family: this run ends without further changes. */
  RUN_SUPERSEDED = 'RunSuperseded',
  /** The source still offers the key material of the current generation, so a rotation cannot start. */
  KEY_MATERIAL_DUE = 'KeyMaterialDue',
  /** Aliases and tags of a family contradict each other: an operator must resolve it. */
  FAMILY_CONTRADICTION = 'FamilyContradiction',
  /** A principal holds a grant on an old generation, and its calls would fail after the fence. */
  GRANTS_HELD = 'GrantsHeld',
  /** A store differs from its declaration. */
  STORE_MISMATCH = 'StoreMismatch',
  /** Records could not be re-encrypted and were quarantined. */
  RECORDS_QUARANTINED = 'RecordsQuarantined',
  /** After the maximum number of passes, applications still write records under old generations. */
  CENSUS_NOT_ZERO = 'CensusNotZero',
  /** A principal still encrypts under an old generation, by its key id or ARN, and would fail after the fence. */
  OLD_GENERATION_IN_USE = 'OldGenerationInUse',
  /** No event of the watch's probe arrived, so failing consumers would not be detected. No old generation is fenced. */
  WATCH_NOT_PROVEN = 'WatchNotProven',
  /**
   * Consumers failed after the alias moved, so it was moved back. Raised by the state machine, after the
   * rollback is complete.
   */
  CONSUMERS_FAILED = 'ConsumersFailed',
  /**
   * An application still depends on a generation in retirement: it is enabled again and starts over. Raised by the
   * state machine.
   */
  STILL_IN_USE = 'StillInUse',
}
