/** A schedule that invokes a function once a day. */
export interface LocalSchedule {
  /** Minutes after midnight, UTC. */
  readonly minute: number;
  readonly functionArn: string;
  readonly input: unknown;
}

const DAY_MILLISECONDS = 24 * 3_600_000;

/** Parses the only supported kind of schedule expression: a fixed minute of every day. */
export function parseDailyCron(expression: string): number {
  const match = /^cron\(([0-5]?\d) ([01]?\d|2[0-3]) \* \* \? \*\)$/.exec(expression);
  if (match === null) throw new Error(`schedule expression is not supported, got ${expression}; allowed: cron(minute hour * * ? *)`);
  return Number(match[2]) * 60 + Number(match[1]);
}

/** The first time after `now` at which the schedule is due. */
export function nextDue({ minute }: LocalSchedule, now: Date): Date {
  const midnight = Math.floor(now.getTime() / DAY_MILLISECONDS) * DAY_MILLISECONDS;
  const today = midnight + minute * 60_000;
  return new Date(today > now.getTime() ? today : today + DAY_MILLISECONDS);
}
