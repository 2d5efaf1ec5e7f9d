import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonWithEmulator, EmulatorUnavailable } from '../../e2e/emulator/python-environment';
import { SharedClock } from '../../e2e/emulator/shared-clock';
import { lastLines, run, runSuccessfully } from '../../e2e/processes/run';
import { Server } from '../../e2e/processes/serve';

const node = (script: string): [string, string[]] => [process.execPath, ['-e', script]];
const NEVER_ENDING = 'setInterval(() => undefined, 1000);';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'e2e-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const exists = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a command', () => {
  test('that fails is a result with its exit status and the output of both streams', async () => {
    const script = 'process.stdout.write("one "); process.stderr.write("two"); process.exitCode = 7;';
    expect(await run(...node(script), { timeoutSeconds: 60 })).toEqual({ exitCode: 7, output: 'one two' });
    await expect(runSuccessfully(...node(script), { timeoutSeconds: 60 })).rejects.toThrow(/ended with exit status 7:\none two/);
  });

  test('that takes too long is killed, with all processes that it has started', async () => {
    const startingAnother = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(NEVER_ENDING)}], { stdio: 'ignore' });
      require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'pids'))}, process.pid + ' ' + child.pid);
      ${NEVER_ENDING}`;
    await expect(run(...node(startingAnother), { timeoutSeconds: 1 })).rejects.toThrow('did not end within 1 s');
    const pids = readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number);
    // A killed process exists until its parent, or the init process, has read its status.
    while (pids.some(exists)) await new Promise((resolve) => setImmediate(resolve));
    expect(pids).toHaveLength(2);
  });

  test('that cannot be started is an error', async () => {
    await expect(run(join(folder, 'nothing'), [], { timeoutSeconds: 60 })).rejects.toThrow('ENOENT');
  });
});

test('an error shows the end of a long output', () => {
  expect(lastLines('1\n2\n3\n', 2)).toBe('2\n3');
});

describe('a server', () => {
  const options = (script: string, isReady: () => Promise<boolean>, timeoutSeconds: number) => {
    const [command, args] = node(script);
    return { command, args, env: process.env, logFile: join(folder, 'log'), isReady, timeoutSeconds };
  };

  test('that ends before it is ready is an error with the end of its log', async () => {
    const failing = options('console.log("no port"); process.exit(3)', async () => false, 60);
    await expect(Server.start(failing)).rejects.toThrow(/ended with exit status 3:\nno port/);
  });

  test('that is not ready in time is stopped', async () => {
    const silent = options(NEVER_ENDING, async () => { throw new Error('refused'); }, 0.5);
    await expect(Server.start(silent)).rejects.toThrow('was not ready within 0.5 s');
  });

  test('that is ready runs until it is stopped', async () => {
    const pidFile = join(folder, 'pid');
    const pid = () => Number(readFileSync(pidFile, 'utf8'));
    const script = `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); ${NEVER_ENDING}`;
    const server = await Server.start(options(script, async () => exists(pid()), 60));
    server.stop();
    while (exists(pid())) await new Promise((resolve) => setImmediate(resolve));
  });
});

test('a machine without Python makes the emulator unavailable, and is not a fault of the project', async () => {
  const attempt = pythonWithEmulator(join(folder, 'venv'), ['no-python-of-that-name']);
  await expect(attempt).rejects.toThrow('Python 3.10 or newer with its module venv is not installed');
  await expect(attempt).rejects.toBeInstanceOf(EmulatorUnavailable);
});

test('processes that share a clock have the same time, also after it is advanced', async () => {
  const clock = new SharedClock(join(folder, 'clock'));
  const [command, args] = node('console.log(new Date().toISOString(), Date.now(), new Date(0).toISOString())');
  const inAnotherProcess = async () => {
    const output = await runSuccessfully(command, args, { env: { ...process.env, ...clock.environment }, timeoutSeconds: 60 });
    const [now = '', milliseconds, epoch] = output.trim().split(' ');
    expect([Math.abs(Date.parse(now) - Number(milliseconds)) < 1000, epoch]).toEqual([true, '1970-01-01T00:00:00.000Z']);
    return Date.parse(now);
  };
  const before = [await inAnotherProcess(), clock.now().getTime()] as const;
  clock.advanceDays(91);
  const after = [await inAnotherProcess(), clock.now().getTime()] as const;
  for (const index of [0, 1] as const) expect(Math.floor((after[index] - before[index]) / 86_400_000)).toBe(91);
});
