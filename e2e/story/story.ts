import type { Account } from '../emulator/account';

/** One thing that was done, and held. */
export interface Step {
  readonly story: string;
  readonly step: string;
  readonly seconds: number;
  /** Why it did not hold. */
  readonly failure?: string;
}

/** Orders that were written, and those among them that cannot be read any more as they were written. */
export interface OrderCount {
  readonly written: number;
  readonly lost: number;
}

/** What a story was told with: each step is timed, and the first that fails ends it. */
export class Telling {
  public readonly steps: Step[] = [];
  private readonly counted = new Map<object, OrderCount>();

  public constructor(private readonly story: string, private readonly say: (line: string) => void) {}

  public async step<T>(step: string, work: () => Promise<T>): Promise<T> {
    const startedAt = process.hrtime.bigint();
    const seconds = () => Math.round(Number(process.hrtime.bigint() - startedAt) / 1e7) / 100;
    try {
      const result = await work();
      this.note({ story: this.story, step, seconds: seconds() });
      return result;
    } catch (error) {
      this.note({ story: this.story, step, seconds: seconds(), failure: (error as Error).stack ?? String(error) });
      throw error;
    }
  }

  /** Keeps the newest count of each application. */
  public count(application: object, orders: OrderCount): void {
    this.counted.set(application, orders);
  }

  public get orders(): OrderCount {
    const counts = [...this.counted.values()];
    return { written: sum(counts.map(({ written }) => written)), lost: sum(counts.map(({ lost }) => lost)) };
  }

  /** Whether every step did. */
  public get held(): boolean {
    return this.steps.every(({ failure }) => failure === undefined);
  }

  /** A story that ends with an error ends with a failed step, also when the error came between two. */
  public end(error: Error): void {
    if (this.steps.at(-1)?.failure === undefined) this.note({ story: this.story, step: 'between two steps', seconds: 0, failure: error.stack ?? error.message });
  }

  private note(step: Step): void {
    this.steps.push(step);
    this.say(stepLine(step));
  }
}

/** Something that people do with the package, from the first deployment to the last. */
export interface Story {
  readonly name: string;
  /** The example that it is about, where it is about no more than that. */
  readonly example?: string;
  tell(account: Account, telling: Telling): Promise<void>;
}

export function stepLine({ story, step, seconds, failure }: Step): string {
  return `${failure === undefined ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(6)} s  ${story.padEnd(21)}  ${step}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
