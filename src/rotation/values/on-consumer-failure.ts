/** What a rotation does if calls of consumers to KMS fail after the alias has moved. */
export enum OnConsumerFailure {
  /**
   * Moves the alias back to the old generation, and fails the rotation. The old generation is not fenced yet, so
   * consumers can use it again within minutes.
   */
  ROLL_BACK = 'roll-back',
  /**
   * Continues the rotation, and logs a warning. Choose it if failed calls to KMS are normal in this account and an
   * operator reads the logs.
   */
  CONTINUE = 'continue',
}
