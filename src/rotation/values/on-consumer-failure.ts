/** What a rotation does when consumers fail at KMS after the alias has moved. */
export enum OnConsumerFailure {
  /** Moves the alias back to where it was, and ends as failed. Nothing has been fenced by then, so consumers work again after minutes. */
  ROLL_BACK = 'roll-back',
  /** Goes on, and tells. Choose it when errors at KMS are daily business of this account, and somebody reads alarms. */
  CONTINUE = 'continue',
}
