/**
 * Every error name that leaves a handler. Retry and Catch match on these words, so they never change.
 */
export enum ErrorName {
  /** Ours or the user's mistake: asking again does not help. */
  INVALID_REQUEST = 'InvalidRequest',
  /** A key is not in a state to work yet, or any more. */
  KEY_NOT_READY = 'KeyNotReady',
  /** AWS asked us to slow down, or had a fault of its own: ask again later. */
  THROTTLED = 'Throttled',
  /** AWS refused for lack of permission: a policy must change first. */
  ACCESS_DENIED = 'AccessDenied',
  /** What AWS answered is not what was expected: stop and tell. Nothing has been written. */
  VERIFICATION_FAILED = 'VerificationFailed',
  /** Another run, or another deployment, has taken the family over: this run has nothing left to do. */
  RUN_SUPERSEDED = 'RunSuperseded',
  /** The source of key material still offers the bytes of the current generation. */
  KEY_MATERIAL_DUE = 'KeyMaterialDue',
  /** Aliases and tags of a family contradict each other: a person has to look. */
  FAMILY_CONTRADICTION = 'FamilyContradiction',
  /** Somebody holds a grant on an old generation, and would go on using it behind the fence. */
  GRANTS_HELD = 'GrantsHeld',
  /** A store does not look as it was described. */
  STORE_MISMATCH = 'StoreMismatch',
  /** Records were set aside that nobody could re-encrypt. */
  RECORDS_QUARANTINED = 'RecordsQuarantined',
  /** Records under old generations keep coming back. */
  CENSUS_NOT_ZERO = 'CensusNotZero',
  /** Consumers failed after the alias had moved, so it has been moved back: the machine says it, when nothing is in danger any more. */
  CONSUMERS_FAILED = 'ConsumersFailed',
  /** Something still depends on a generation that was to be retired: it is enabled again and starts over. The machine says it. */
  STILL_IN_USE = 'StillInUse',
}
