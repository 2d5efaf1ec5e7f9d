import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readCommandLine } from '../../e2e/command-line';
import type { Account } from '../../e2e/emulator/account';
import { stepLine, type Scenario, type Steps } from '../../e2e/harness/scenario';
import { runScenarios } from '../../e2e/run-scenarios';
import { SCENARIOS } from '../../e2e/scenarios/scenarios';
import { summarize } from '../../e2e/summary';

const scenario = (name: string, run: (steps: Steps) => Promise<void>): Scenario => ({ name, run: (_, steps) => run(steps) });
const [APPLICATION, ANOTHER] = [{}, {}];

const succeeding = scenario('succeeding', async (steps) => {
  await steps.run('one', async () => undefined);
  steps.recordOrders(APPLICATION, { written: 3, lost: 0 });
  steps.recordOrders(APPLICATION, { written: 5, lost: 0 });
  steps.recordOrders(ANOTHER, { written: 2, lost: 0 });
});
const failing = scenario('failing', async (steps) => {
  await steps.run('one', async () => undefined);
  await steps.run('two', async () => { throw new Error('expected failure'); });
  await steps.run('three', async () => undefined);
});
const failingBetweenSteps = scenario('failing between steps', async () => { throw new Error('before the first step'); });
const losingAnOrder = scenario('losing an order', async (steps) => steps.recordOrders(APPLICATION, { written: 5, lost: 1 }));

const accountWith = (denied: readonly string[]) => ({
  cdk: { bootstrap: async () => undefined }, deniedCalls: async () => denied, close: () => undefined,
}) as unknown as Account;
const run = async (...scenarios: Scenario[]) => runRefusing([], ...scenarios);
const runRefusing = async (denied: readonly string[], ...scenarios: Scenario[]) => {
  const lines: string[] = [];
  return { ...await runScenarios(scenarios, () => accountWith(denied), (line) => lines.push(line)), lines };
};
const REFUSALS = 'no call is refused, except those that must be';

test('a run in which every step succeeds is ok, with the latest count of each application', async () => {
  expect(await run(succeeding)).toMatchObject({ ok: true, orders: 7, lost: 0, steps: [{ step: 'cdk bootstrap' }, { step: 'one' }, { step: REFUSALS }] });
});

test('a step that fails ends its scenario, and the next scenario still runs', async () => {
  const { ok, steps, lines } = await run(failing, succeeding);
  expect(ok).toBe(false);
  expect(steps.map((step) => [step.scenario, step.step, step.failure === undefined])).toEqual([
    ['failing', 'cdk bootstrap', true], ['failing', 'one', true], ['failing', 'two', false],
    ['succeeding', 'cdk bootstrap', true], ['succeeding', 'one', true], ['succeeding', REFUSALS, true],
  ]);
  expect(lines).toEqual(steps.map(stepLine));
});

test('an error between two steps is reported as a step that failed', async () => {
  expect(await run(failingBetweenSteps)).toMatchObject({
    ok: false, steps: [{}, { step: 'between two steps', failure: expect.stringContaining('before the first step') }],
  });
});

test('an example is listed when its whole scenario succeeds', async () => {
  expect((await run({ ...succeeding, example: 'good' }, { ...failing, example: 'bad' }, succeeding)).examples).toEqual(['good']);
});

test('a run with a lost order, or without a scenario, is not ok', async () => {
  expect((await run(losingAnOrder)).ok).toBe(false);
  expect((await run()).ok).toBe(false);
});

describe('a call that is refused', () => {
  const deniedOnPurpose = [/^kms:Encrypt by role\/Control/];

  test('fails a scenario that does not expect it, which names the call', async () => {
    const result = await runRefusing(['s3:GetObject by role/Worker', 'kms:Encrypt by role/Control'], { ...succeeding, deniedOnPurpose });
    expect(result).toMatchObject({ ok: false, steps: [{}, {}, { step: REFUSALS }] });
    expect(result.steps.at(-1)?.failure).toContain('policies refused s3:GetObject by role/Worker');
  });

  test('is listed if the scenario expects it', async () => {
    const denied = ['kms:Encrypt by role/Control'];
    expect(await runRefusing(denied, { ...succeeding, deniedOnPurpose })).toMatchObject({ ok: true, denied });
  });

  test('fails a scenario that expects it, if nobody refuses it', async () => {
    const result = await run({ ...succeeding, deniedOnPurpose });
    expect(result.steps.at(-1)?.failure).toContain('policies must refuse /^kms:Encrypt');
    expect(result.ok).toBe(false);
  });
});

test('the summary shows which step failed, and its error', async () => {
  const text = summarize(await run(failing));
  expect(text).toMatch(/FAILED .* failing +two\n\nfailing: two\nError: expected failure/);
  expect(text).toMatch(/FAILED: 2 of 3 steps succeeded in \d+ s, 0 orders written, 0 lost/);
});

describe('the command line', () => {
  test('runs every scenario unless some are named', () => {
    expect(readCommandLine([])).toEqual({ scenarios: SCENARIOS, json: false, serve: false });
    expect(readCommandLine(['--scenario', 'orders', '--scenario', 'byok', '--json']))
      .toMatchObject({ scenarios: [{ name: 'orders' }, { name: 'byok' }], json: true });
  });

  test('has a scenario for every example', () => {
    const folder = join(resolve(__dirname, '..', '..'), 'examples');
    const examples = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(SCENARIOS.flatMap(({ example }) => example ?? [])).toEqual(examples.map(({ name }) => name));
    expect(examples.length).toBeGreaterThan(2);
  });
});
