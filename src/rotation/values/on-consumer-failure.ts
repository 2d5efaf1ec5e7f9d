/** What a rotation does if consumers fail at KMS after the alias has moved. */
export enum OnConsumerFailure {
  /**
   * Moves the alias back, and the rotation fails. Nothing has been fenced yet, so consumers work again after minutes.
   */
  ROLL_BACK = 'roll-back',
  /**
   * Continues, and logs a warning. Choose it if failed calls to KMS are normal in this account and an operator reads
   * the logs.
   */
  CONTINUE = 'continue',
}
