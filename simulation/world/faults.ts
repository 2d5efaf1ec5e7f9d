import type { Attempt, AttemptFault } from '../../local/in-process/in-process-client';
import type { FaultsAction } from '../life/event';
import { Stream } from '../life/random';

interface Window {
  readonly action: FaultsAction;
  readonly until: number;
  readonly stream: Stream;
}

/** The callers whose calls never fail: applications and the deployment retry for as long as they need to. */
const UNFAULTED = ['application', 'stranger', 'deployment', 'operator'];

/** The faults of the calls of the functions. Each window draws from a stream of its own. */
export class Faults {
  private windows: Window[] = [];
  private opened = 0;

  public constructor(private readonly seed: number, private readonly now: () => number) {}

  public begin(action: FaultsAction): void {
    this.opened += 1;
    const stream = new Stream(this.seed, `faults ${this.opened}`);
    this.windows.push({ action, stream, until: this.now() + action.hours * 3_600_000 });
  }

  public get active(): boolean {
    return this.windows.some(({ until }) => until > this.now());
  }

  public end(): void {
    this.windows = [];
  }

  public of({ service, caller }: Attempt): AttemptFault | undefined {
    if (this.windows.length === 0 || UNFAULTED.includes(caller)) return undefined;
    this.windows = this.windows.filter(({ until }) => until > this.now());
    const due = this.windows.find(({ action, stream }) =>
      (action.service === 'any' || action.service === service) && stream.chance(action.probability));
    return due?.action.kind;
  }
}
