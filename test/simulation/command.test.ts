import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawLife } from '../../simulation/life/life';

/** A few weeks: the command itself is tested here, and the lives are tested elsewhere. */
const YEARS = 0.05;

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'simulate-')); });
afterAll(() => rmSync(folder, { recursive: true }));

async function simulate(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const command = ['--import', 'tsx', 'simulation/main.ts', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

const traceOf = (stdout: string) => /^trace ([0-9a-f]+)$/m.exec(stdout)?.[1];

test('some seeds print one JSON object, and exit with 0 if no law is broken', async () => {
  const { status, stdout } = await simulate('--seeds', '3..4', '--years', String(YEARS), '--json');
  const { secondsPerYear, events, dataKeysWritten, keysDeleted, ...summary } = JSON.parse(stdout) as { [member: string]: number };
  expect(summary).toEqual({
    seeds: 2, years: 2 * YEARS, lost: 0, unreadable: 0, lawsBroken: 0, notConverged: 0, firstFailingSeed: null, failing: [],
  });
  expect([secondsPerYear, events, dataKeysWritten, keysDeleted].filter((number) => !(Number(number) > 0))).toEqual([]);
  expect(status).toBe(0);
});

test('a seed is lived again from its life as JSON, with the same trace', async () => {
  const file = join(folder, 'life.json');
  writeFileSync(file, JSON.stringify(drawLife(5, YEARS)));
  const one = await simulate('--seed', '5', '--years', String(YEARS), '--trace');
  const again = await simulate('--replay', file, '--trace');
  expect([one.status, again.status]).toEqual([0, 0]);
  expect(traceOf(one.stdout)).toMatch(/^[0-9a-f]{16,}$/);
  expect(traceOf(again.stdout)).toBe(traceOf(one.stdout));
});

test('a life of the corpus is read from its file', async () => {
  const { status, stdout } = await simulate('--replay', 'simulation/corpus/alias-below-the-alias.json', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ seeds: 1, lawsBroken: 0 });
  expect(status).toBe(0);
});

describe('a life that breaks a law', () => {
  /** New key material is due before the family exists, so its first generation is always too old. */
  const broken = () => {
    const file = join(folder, 'broken.json');
    const { shape } = drawLife(5, YEARS);
    const impossible = { ...shape, deletion: undefined, material: 'secret', materialDelayDays: -1000 };
    writeFileSync(file, JSON.stringify({ seed: 5, days: 1, events: [], shape: impossible }));
    return file;
  };

  test('exits with 1, and names the seed and the law', async () => {
    const { status, stdout } = await simulate('--replay', broken(), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      seeds: 1, notConverged: 1, lost: 0, firstFailingSeed: 5, failing: [{ seed: 5, law: 'not-converged' }],
    });
    expect(status).toBe(1);
  });

  test('is printed after it was shrunk, and exits with 1', async () => {
    const { status, stdout, stderr } = await simulate('--replay', broken(), '--shrink');
    expect(JSON.parse(stdout)).toMatchObject({ seed: 5, events: [], shape: { materialDelayDays: -1000 } });
    expect(stderr).toMatch(/not-converged: the current generation is \d+ days old/);
    expect(status).toBe(1);
  });
});

test.each<[string, string[], number, string]>([
  ['seeds in the wrong order', ['--seeds', '4..3'], 1, 'Write for example 0..199.'],
  ['a seed that is no number', ['--seed', 'x'], 1, 'It must be a whole number.'],
  ['years above 100', ['--years', '101'], 1, 'It must be a number above 0, up to 100.'],
  ['an unknown option', ['--sedes', '0..3'], 1, "unknown option '--sedes'"],
  ['a file that does not exist', ['--replay', 'missing.json'], 2, 'missing.json'],
])('%s is refused', async (_, args, expected, message) => {
  const { status, stdout, stderr } = await simulate(...args);
  expect([status, stdout]).toEqual([expected, '']);
  expect(stderr).toContain(message);
});
