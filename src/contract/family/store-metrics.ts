/** The second dimension of the counts of a store: its id. */
export const STORE_DIMENSION = 'Store';

/** Counts that the worker publishes for each store, once per invocation: sums over shards and time are meaningful. */
export enum StoreMetric {
  /** Records that were read. */
  RECORDS_SCANNED = 'RecordsScanned',
  /** Records that were written back under the current generation. */
  RECORDS_RE_ENCRYPTED = 'RecordsReEncrypted',
  /** Records that were found under the current generation. */
  RECORDS_ALREADY_CURRENT = 'RecordsAlreadyCurrent',
  /** Writes that were refused because the application had changed the record; each record is read again. */
  WRITE_CONFLICTS = 'WriteConflicts',
  /** Records that could not be re-encrypted. */
  RECORDS_QUARANTINED = 'RecordsQuarantined',
  /** ReEncrypt calls that KMS answered. */
  ANSWERED_CALLS = 'AnsweredCalls',
}
