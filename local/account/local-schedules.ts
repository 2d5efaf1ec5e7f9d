/** A schedule that invokes a function once a day. */
export interface LocalSchedule {
  /** Minutes after midnight, UTC. */
  readonly minute: number;
  readonly functionArn: string;
  /** The role with which the schedule invokes the function. */
  readonly roleArn: string;
  readonly input: unknown;
}

const DAY_MILLISECONDS = 24 * 3_600_000;

/** Parses the only supported kind of schedule expression: a fixed minute of every day. */
export function parseDailyCron(expression: string): number {
  const match = /^cron\(([0-5]?\d) ([01]?\d|2[0-3]) \* \* \? \*\)$/.exec(expression);
  if (match === null) throw new Error(`schedule expression is not supported, got ${expression}; allowed: cron(minute hour * * ? *)`);
  return Number(match[2]) * 60 + Number(match[1]);
}

/** The time at which a schedule is due. */
export interface DueSchedule {
  readonly name: string;
  readonly at: number;
}

interface NamedSchedule {
  readonly schedule: LocalSchedule;
  /** The time of its latest invocation. */
  readonly invokedAt: number;
}

/** The schedules of an account. Each is due once a day. Times at which it did not exist are not made up for. */
export class LocalSchedules {
  private readonly named = new Map<string, NamedSchedule>();

  public get all(): readonly LocalSchedule[] {
    return [...this.named.values()].map(({ schedule }) => schedule);
  }

  /** Undefined if the schedule was deleted since. */
  public find(name: string): LocalSchedule | undefined {
    return this.named.get(name)?.schedule;
  }

  public set(name: string, schedule: LocalSchedule): void {
    this.named.set(name, { schedule, invokedAt: this.named.get(name)?.invokedAt ?? -Infinity });
  }

  public remove(name: string): void {
    this.named.delete(name);
  }

  /** The first schedule that is due after `now`, or at `now` and not invoked yet. It counts as invoked from then on. */
  public dueUntil(end: number, now: Date): DueSchedule | undefined {
    const [first] = [...this.named].map(([name, { schedule, invokedAt }]) => ({ name, schedule, at: nextDue(schedule, now, invokedAt) }))
      .sort((one, other) => one.at - other.at);
    if (first === undefined || first.at > end) return undefined;
    const { name, schedule, at } = first;
    this.named.set(name, { schedule, invokedAt: at });
    return { name, at };
  }
}

/** The first time, from `now` on, at which a schedule is due that was last invoked at `invokedAt`. */
function nextDue({ minute }: LocalSchedule, now: Date, invokedAt: number): number {
  const midnight = Math.floor(now.getTime() / DAY_MILLISECONDS) * DAY_MILLISECONDS;
  const today = midnight + minute * 60_000;
  return today >= now.getTime() && today > invokedAt ? today : today + DAY_MILLISECONDS;
}
