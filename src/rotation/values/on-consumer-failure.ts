/** What a rotation does if consumers fail at KMS after the alias has moved. */
export enum OnConsumerFailure {
  /**
   * Moves the alias back to the old generation, and fails the rotation. The old generation is not fenced yet, so
   * consumers can use it again within minutes.
   */
  ROLL_BACK = 'roll-back',
  /**
   * Continues, and logs a warning. Choose it if failed calls to KMS are normal in this account and an operator reads
   * the logs.
   */
  CONTINUE = 'continue',
}
