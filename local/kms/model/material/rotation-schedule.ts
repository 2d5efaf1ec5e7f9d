/** When KMS gives a key new material by itself. */
export interface RotationSchedule {
  readonly periodInDays: number;
  /** Epoch milliseconds. */
  readonly nextAt: number;
}

const DAY = 24 * 60 * 60 * 1000;

/** The first rotation comes when the period is over, and each later one a period after the one before. */
export function scheduleFrom(moment: number, periodInDays: number): RotationSchedule {
  return { periodInDays, nextAt: moment + periodInDays * DAY };
}
