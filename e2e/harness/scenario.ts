import type { Account } from '../emulator/account';

/** The result of one step of a scenario. */
export interface StepResult {
  readonly scenario: string;
  readonly step: string;
  readonly seconds: number;
  /** Why the step failed. */
  readonly failure?: string;
}

/** How many orders were written, and how many of them cannot be read as they were written. */
export interface OrderCount {
  readonly written: number;
  readonly lost: number;
}

/** Runs the steps of one scenario, and records their duration. The first step that fails ends the scenario. */
export class Steps {
  public readonly results: StepResult[] = [];
  private readonly counts = new Map<object, OrderCount>();

  public constructor(private readonly scenario: string, private readonly print: (line: string) => void) {}

  public async run<T>(step: string, work: () => Promise<T>): Promise<T> {
    const startedAt = process.hrtime.bigint();
    const seconds = () => Math.round(Number(process.hrtime.bigint() - startedAt) / 1e7) / 100;
    try {
      const result = await work();
      this.record({ scenario: this.scenario, step, seconds: seconds() });
      return result;
    } catch (error) {
      this.record({ scenario: this.scenario, step, seconds: seconds(), failure: (error as Error).stack ?? String(error) });
      throw error;
    }
  }

  /** Records the orders of an application. A later count replaces an earlier one. */
  public recordOrders(application: object, count: OrderCount): void {
    this.counts.set(application, count);
  }

  public get orders(): OrderCount {
    const counts = [...this.counts.values()];
    return { written: sum(counts.map(({ written }) => written)), lost: sum(counts.map(({ lost }) => lost)) };
  }

  /** Whether every step succeeded. */
  public get succeeded(): boolean {
    return this.results.every(({ failure }) => failure === undefined);
  }

  /** Records the error that ended the scenario. An error between two steps is recorded as a step of its own. */
  public fail(error: Error): void {
    if (this.results.at(-1)?.failure !== undefined) return;
    this.record({ scenario: this.scenario, step: 'between two steps', seconds: 0, failure: error.stack ?? error.message });
  }

  private record(result: StepResult): void {
    this.results.push(result);
    this.print(stepLine(result));
  }
}

/** A sequence of deployments and operations, from the first deployment to the last. */
export interface Scenario {
  readonly name: string;
  /** The example that this scenario covers, if it covers one completely. */
  readonly example?: string;
  /** The calls that policies must refuse, and no others. @default - none */
  readonly deniedOnPurpose?: readonly RegExp[];
  run(account: Account, steps: Steps): Promise<void>;
}

export function stepLine({ scenario, step, seconds, failure }: StepResult): string {
  return `${failure === undefined ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(6)} s  ${scenario.padEnd(21)}  ${step}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
