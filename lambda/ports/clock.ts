/** The current time, and waiting. */
export interface Clock {
  /** Returns the current time. */
  now(): Date;
  /** Waits. Tests and the demo use a virtual clock. */
  sleep(milliseconds: number): Promise<void>;
}
