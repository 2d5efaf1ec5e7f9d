/**
 * What happens to records of a store whose data key is encrypted under a key that is not a generation of the rotating
 * key.
 */
export enum ForeignRecords {
  /**
   * They are listed by name, and the rotation fails, because such a record may be a mistake of an application.
   */
  QUARANTINE = 'quarantine',
  /**
   * They are counted and left as they are. The certificate states how many there are.
   *
   * Only KMS decides that a record is foreign, and no attribute of the record. Before a deletion, KMS must have refused
   * the deleted generation as the wrong key for each of them. A KMS request is sent for each of them in each pass.
   */
  SKIP = 'skip',
}
