import type { DueSchedule, LocalSchedule, LocalSchedules } from './local-schedules';
import type { Clock } from '../../lambda/ports/clock';
import { virtualSleep, type MovableClock } from '../virtual-sleep';

/** Called after an invocation of a schedule, with its input. */
export type AfterInvocation = (input: unknown) => Promise<void>;

/** What happens when time passes. */
export interface Passage {
  readonly invoke: (schedule: LocalSchedule) => Promise<unknown>;
  /** Delivers the events and messages that are due, in the background. */
  readonly deliverDue: () => void;
}

/**
 * The virtual time of an account. Schedules are invoked at their time, also while a function or an execution waits: a
 * rotation that watches consumers for days does not stop the reconcile run of the next day.
 */
export class PassingTime {
  private readonly waiting: Clock;
  private afterInvocation: AfterInvocation;

  public constructor(private readonly clock: MovableClock, private readonly schedules: LocalSchedules, private readonly passage: Passage) {
    this.waiting = virtualSleep(clock);
    this.afterInvocation = async () => undefined;
  }

  /** A wait of a function or of an execution. */
  public async sleep(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (;;) {
      const due = this.schedules.dueUntil(end, this.clock.now());
      if (due === undefined) break;
      await this.waiting.sleep(due.at - this.now);
      await this.invoke(due);
    }
    await this.waiting.sleep(Math.max(0, end - this.now));
    this.passage.deliverDue();
  }

  /** Passes time on which nothing waits. `idle` returns when what an invocation has started has ended. */
  public async runFor(milliseconds: number, idle: () => Promise<void>, afterInvocation: AfterInvocation): Promise<void> {
    const end = this.now + milliseconds;
    const outer = this.afterInvocation;
    this.afterInvocation = afterInvocation;
    try {
      for (;;) {
        const due = this.schedules.dueUntil(end, this.clock.now());
        if (due === undefined) break;
        this.passUntil(due.at);
        await this.invoke(due, idle);
      }
      this.passUntil(end);
    } finally {
      this.afterInvocation = outer;
    }
  }

  private get now(): number {
    return this.clock.now().getTime();
  }

  private async invoke({ name }: DueSchedule, idle?: () => Promise<void>): Promise<void> {
    const schedule = this.schedules.find(name);
    if (schedule === undefined) return;
    await this.passage.invoke(schedule);
    await idle?.();
    await this.afterInvocation(schedule.input);
  }

  private passUntil(time: number): void {
    this.clock.advance(Math.max(0, time - this.now));
    this.passage.deliverDue();
  }
}
