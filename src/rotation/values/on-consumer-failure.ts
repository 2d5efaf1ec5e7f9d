/** What a rotation does if calls of consumers to KMS fail after the alias has moved. */
export enum OnConsumerFailure {
  /**
   * Moves the alias back to the old generation, and fails the rotation. Before the alias moves, the rotation proves
   * that failing consumers would be detected: CloudTrail must deliver the event of a call of its own within 15 minutes.
   * Otherwise the rotation fails with `WatchNotProven`, and nothing has changed.
   */
  ROLL_BACK = 'roll-back',
  /**
   * Like `ROLL_BACK`, but a rotation without that proof continues: it logs a warning and publishes the metric
   * `ConsumerWatchUnknown`, and the certificate of the old generation states it.
   */
  ROLL_BACK_IF_WATCHED = 'roll-back-if-watched',
  /**
   * Continues the rotation, and logs a warning. Choose it if failed calls to KMS are normal in this account and an
   * operator reads the logs.
   */
  CONTINUE = 'continue',
}
