import { Agenda } from './agenda';
import type { OutgoingCall } from '../../local/account/source-functions';
import { checkLaws, type Broken, type Law } from '../laws/laws';
import { leaks } from '../laws/leaks';
import { Liveness, unconverged } from '../laws/liveness';
import type { LifeEvent } from '../life/event';
import { ITEMS, type Life } from '../life/life';
import { calmDays } from '../life/shape';
import { perform, waitsForExecutions } from '../world/actions';
import { Operator } from '../world/operator';
import { DAY, World, type Failure } from '../world/world';

/** The result of a life. Plain data: it is sent between processes. */
export interface Outcome {
  readonly seed: number;
  readonly events: number;
  readonly dataKeysWritten: number;
  readonly keysDeleted: number;
  /** In the order in which they were broken. A life ends at the first law of safety that is broken. */
  readonly broken: readonly Broken[];
  readonly trace: readonly string[];
  readonly traceHash: string;
  /** Of one core: the machine may have other work. */
  readonly seconds: number;
}

/** An event that happens before a call. */
type CallEvent = Extract<LifeEvent, { readonly call: string }>;

/** Laws after which a life goes on: what follows from them can be worse. */
const LIVENESS: readonly Law[] = ['same-error', 'unreadable', 'not-converged'];

/** Lives a life from the first deployment to the final calm, and checks the laws after every event. */
export async function live(life: Life): Promise<Outcome> {
  const before = process.cpuUsage();
  const world = await World.open(life);
  try {
    const run = new LifeRun(life, world);
    await run.live();
    return {
      seed: life.seed,
      events: life.events.length,
      dataKeysWritten: world.application.dataKeysWritten,
      keysDeleted: world.keys.deleted.length,
      broken: run.broken,
      trace: world.trace.lines,
      traceHash: world.trace.hash,
      seconds: cpuSecondsSince(before),
    };
  } finally {
    await world.close();
  }
}

function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

class LifeRun {
  public readonly broken: Broken[] = [];
  private readonly agenda: Agenda;
  private readonly beforeCalls: readonly CallEvent[];
  private readonly entries = new Map<string, number>();
  private readonly liveness: Liveness;
  private readonly operator: Operator;
  private performing = false;
  /** What happens before a state. A deployment can end the execution that waits for it: then nothing else does. */
  private entering: Promise<void> = Promise.resolve();
  private lasting: Failure[] = [];
  private dayEndedAt: number;

  public constructor(private readonly life: Life, private readonly world: World) {
    this.agenda = new Agenda(() => world.now);
    this.beforeCalls = life.events.filter((event): event is CallEvent => 'call' in event);
    this.dayEndedAt = world.now;
    this.liveness = new Liveness(world);
    this.operator = new Operator(world);
    world.listeners.calling = (call) => this.calling(call);
    world.listeners.stateEntered = (state) => {
      this.entering = this.stateEntered(state).catch((error: Error) => this.breaks('crashed', error.stack ?? String(error)));
      return this.entering;
    };
  }

  public async live(): Promise<void> {
    const { life, world, agenda } = this;
    try {
      for (let store = 0; store < life.shape.stores; store++) {
        for (let item = 0; item < ITEMS; item++) await world.application.write(store, item, false, 'arn');
      }
      const start = world.now;
      for (const event of life.events) if ('day' in event) agenda.add(start + event.day * DAY, () => this.perform(event), true);
      await this.until(start + life.days * DAY);
      await this.beginCalm();
      const calmSince = world.now;
      await this.until(calmSince + calmDays(life.shape) * DAY);
      if (this.ended) return;
      for (const detail of unconverged(world, calmSince, this.lasting)) this.breaks('not-converged', detail);
      for (const detail of leaks(world)) this.breaks('leaked', detail);
    } catch (error) {
      this.breaks('crashed', (error as Error).stack ?? String(error));
    }
  }

  private get ended(): boolean {
    return this.broken.some(({ law }) => !LIVENESS.includes(law));
  }

  private async until(end: number): Promise<void> {
    const { world, agenda } = this;
    while (!this.ended && world.now < end) {
      const next = Math.min(end, Math.max(agenda.next, world.now));
      await world.account.runFor(Math.min(Math.max(0, next - world.now), DAY), (input) => this.afterInvocation(input));
      await this.performDue();
      // No schedule exists between the destruction of a stack and its next deployment that succeeds.
      if (world.now - this.dayEndedAt > 1.5 * DAY) await this.endOfDay();
    }
  }

  /** Performs the events before a call. Those before UpdateItem write the record that the call is about to write. */
  private async calling({ operation, input }: OutgoingCall): Promise<void> {
    const events = this.beforeCalls.filter(({ call }) => call === operation);
    if (events.length === 0) return;
    const entry = (this.entries.get(`call ${operation}`) ?? 0) + 1;
    this.entries.set(`call ${operation}`, entry);
    for (const event of events) {
      if (event.entry !== entry || this.ended) continue;
      await this.perform(event.do === 'write' && operation === 'UpdateItem' ? { ...event, ...this.world.recordOf(input) } : event);
    }
  }

  private async performDue(): Promise<void> {
    if (await this.agenda.performDue()) {
      await this.world.account.idle();
      await this.entering;
      this.check();
    }
  }

  private async stateEntered(state: string): Promise<void> {
    // What an event does can enter a state, too: its events wait until it has ended.
    if (this.performing || this.ended) return;
    const entry = (this.entries.get(state) ?? 0) + 1;
    this.entries.set(state, entry);
    this.performing = true;
    try {
      for (const event of this.life.events) {
        if (!('state' in event) || event.state !== state || event.entry !== entry) continue;
        if (waitsForExecutions(event)) this.agenda.add(this.world.now, () => this.perform(event), true);
        else await this.perform(event);
      }
      await this.agenda.performDue('during an execution');
    } finally {
      this.performing = false;
    }
    this.check();
  }

  private async perform(event: LifeEvent): Promise<void> {
    await perform(event, this.world, (at, act) => this.agenda.add(at, act, false));
  }

  /** A day ends after its reconcile run, and not after the pre-flight of the worker half an hour later. */
  private async afterInvocation(input: unknown): Promise<void> {
    if ((input as { readonly step?: string }).step !== 'reconcile') return;
    // An event that is being performed can wait past the end of a day: the day ends after it.
    if (this.performing) this.agenda.add(this.world.now, () => this.endOfDay(), true);
    else await this.endOfDay();
  }

  private async endOfDay(): Promise<void> {
    const { world } = this;
    this.dayEndedAt = world.now;
    await this.entering;
    world.collectExecutions();
    const failures = world.failures.splice(0);
    for (const { law, detail } of await this.liveness.endOfDay(failures)) this.breaks(law, detail);
    this.lasting = this.liveness.lasting(failures);
    await this.consume();
    await this.operator.endOfDay(failures);
    this.check();
  }

  /** A consumer that passes the alias to Decrypt decrypts each day. */
  private async consume(): Promise<void> {
    const { application, records } = this.world;
    if (!application.decryptsByAlias) return;
    for (const { item } of records.inTables.slice(0, 3)) await application.decrypt(item, 'alias/orders');
  }

  private check(): void {
    if (this.ended) return;
    for (const { law, detail } of checkLaws(this.world)) this.breaks(law, detail);
  }

  private breaks(law: Law, detail: string): void {
    if (this.broken.some((known) => known.law === law && known.detail === detail)) return;
    const { trace } = this.world;
    trace.add(`LAW BROKEN: ${law}: ${detail}`);
    this.broken.push({ law, detail, day: Math.floor(trace.day) });
  }

  /** Nothing is faulted any more, and the operator finishes what was begun. */
  private async beginCalm(): Promise<void> {
    const { world } = this;
    world.trace.add('calm');
    world.faults.end();
    world.runsToMiss = 0;
    world.application.decryptsByAlias = false;
    for (const event of this.life.events) {
      if ('state' in event) this.entries.set(event.state, Infinity);
      if ('call' in event) this.entries.set(`call ${event.call}`, Infinity);
    }
    if (world.declared.paused || !world.declared.deletes) await world.deploy({ paused: false, deletes: true });
    this.agenda.clear();
  }
}
