import type { Account } from './emulator/account';
import { Steps, type Scenario, type StepResult } from './harness/scenario';
import { compareRefusedCalls } from '../local/iam/refused-calls';

const FIRST_ACCOUNT = 111_122_220_001;

export interface EndToEndResult {
  /** Whether at least one scenario ran, every step succeeded, and no order is lost. */
  readonly ok: boolean;
  /** How many orders were written. */
  readonly orders: number;
  /** How many of them cannot be read as they were written. */
  readonly lost: number;
  /** The calls that policies refused, all of them on purpose: `kms:GenerateDataKey by role/Orders-Service`. */
  readonly denied: readonly string[];
  /** The examples that were deployed and destroyed without a failure. */
  readonly examples: readonly string[];
  readonly steps: readonly StepResult[];
}

/** Runs scenarios one after the other, each in its own account. If one fails, the next one still runs. */
export async function runScenarios(
  scenarios: readonly Scenario[], openAccount: (id: string) => Account, print: (line: string) => void,
): Promise<EndToEndResult> {
  const runs: Steps[] = [];
  const denied: string[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    const account = openAccount(String(FIRST_ACCOUNT + index));
    const steps = new Steps(scenario.name, print);
    runs.push(steps);
    try {
      await steps.run('cdk bootstrap', () => account.cdk.bootstrap());
      await scenario.run(account, steps);
      await steps.run('no call is refused, except those that must be', async () => {
        const calls = await account.deniedCalls();
        denied.push(...calls);
        requireExpected(calls, scenario.deniedOnPurpose ?? []);
      });
    } catch (error) {
      steps.fail(error as Error);
    } finally {
      account.close();
    }
  }
  const orders = runs.reduce((sum, run) => sum + run.orders.written, 0);
  const lost = runs.reduce((sum, run) => sum + run.orders.lost, 0);
  const examples = scenarios.flatMap(({ example }, index) => example !== undefined && runs[index]?.succeeded ? [example] : []);
  const ok = runs.length > 0 && lost === 0 && runs.every(({ succeeded }) => succeeded);
  return { ok, orders, lost, denied, examples, steps: runs.flatMap(({ results }) => results) };
}

function requireExpected(denied: readonly string[], onPurpose: readonly RegExp[]): void {
  const { unexpected, missing } = compareRefusedCalls(denied, onPurpose);
  if (unexpected.length > 0) throw new Error(`policies refused ${unexpected.join(', ')}`);
  if (missing.length > 0) throw new Error(`policies must refuse ${missing.join(', ')}`);
}
