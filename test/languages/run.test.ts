import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../languages/programs/run';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'run-test-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

const log = (): string => join(folder, 'log');
const node = (script: string, timeoutSeconds?: number) => run(process.execPath, ['-e', script], { folder, log: log(), timeoutSeconds });

const exists = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a program returns its standard output, and its log has the output of both streams', async () => {
  expect(await node('console.log("out"); console.error("error")')).toBe('out\n');
  expect(readFileSync(log(), 'utf8')).toContain('out\n');
  expect(readFileSync(log(), 'utf8')).toContain('error\n');
});

test('a program that fails is an error with its exit status and the end of its log', async () => {
  await expect(node('console.error("cause"); process.exit(2)')).rejects.toThrow(/ended with 2; the end of .*log:\n(.*\n)*cause$/);
});

test('a program that cannot be started is an error with the reason', async () => {
  await expect(run(join(folder, 'missing'), [], { folder, log: log() })).rejects.toThrow(/cannot be started \(.*ENOENT\)/);
});

test('a program that does not end in time is killed, with all processes that it has started', async () => {
  const neverEnding = 'setInterval(() => undefined, 1000)';
  const parent = `
    const child = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(neverEnding)}], { stdio: "inherit" });
    console.log(process.pid, child.pid);
    ${neverEnding}`;
  await expect(node(parent, 5)).rejects.toThrow(/did not end within 5 s and was killed; the end of .*log:/);
  const pids = /^(\d+) (\d+)$/m.exec(readFileSync(log(), 'utf8'))?.slice(1).map(Number) ?? [];
  expect(pids).toHaveLength(2);
  while (pids.some(exists)) await new Promise((resolve) => setImmediate(resolve));
});
