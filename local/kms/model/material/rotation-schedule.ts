/** The schedule of automatic rotation. */
export interface RotationSchedule {
  readonly periodInDays: number;
  /** Epoch milliseconds. */
  readonly nextAt: number;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * The schedule from a moment on: the first rotation is due after one period, and each later one a period after
 * the one before.
 */
export function scheduleFrom(moment: number, periodInDays: number): RotationSchedule {
  return { periodInDays, nextAt: moment + periodInDays * DAY };
}
