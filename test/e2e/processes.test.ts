import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonWithEmulator, EmulatorUnavailable } from '../../e2e/emulator/python-environment';
import { SharedClock } from '../../e2e/emulator/shared-clock';
import { lastLines, run, runSuccessfully } from '../../e2e/processes/run';
import { Server } from '../../e2e/processes/serve';

const node = (script: string): [string, string[]] => [process.execPath, ['-e', script]];
const FOR_EVER = 'setInterval(() => undefined, 1000);';

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
  test('that fails is an answer, with what it said on either stream', async () => {
    const said = 'process.stdout.write("one "); process.stderr.write("two"); process.exitCode = 7;';
    expect(await run(...node(said), { withinSeconds: 60 })).toEqual({ exitCode: 7, output: 'one two' });
    await expect(runSuccessfully(...node(said), { withinSeconds: 60 })).rejects.toThrow(/ended with 7:\none two/);
  });

  test('that takes too long is ended, with all that it has started', async () => {
    const startsAnother = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(FOR_EVER)}], { stdio: 'ignore' });
      require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'pids'))}, process.pid + ' ' + child.pid);
      ${FOR_EVER}`;
    await expect(run(...node(startsAnother), { withinSeconds: 1 })).rejects.toThrow('took more than 1 s');
    const pids = readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number);
    // Whoever is killed is there until it is waited for, by us or by the first process of the machine.
    while (pids.some(exists)) await new Promise((resolve) => setImmediate(resolve));
    expect(pids).toHaveLength(2);
  });

  test('that cannot be started is an error', async () => {
    await expect(run(join(folder, 'nothing'), [], { withinSeconds: 60 })).rejects.toThrow('ENOENT');
  });
});

test('of a long output an error tells the end', () => {
  expect(lastLines('1\n2\n3\n', 2)).toBe('2\n3');
});

describe('a server', () => {
  const options = (script: string, isReady: () => Promise<boolean>, withinSeconds: number) => {
    const [command, args] = node(script);
    return { command, args, env: process.env, logFile: join(folder, 'log'), isReady, withinSeconds };
  };

  test('that ends before it answers is an error with the end of its log', async () => {
    await expect(Server.start(options('console.log("no port"); process.exit(3)', async () => false, 60))).rejects.toThrow(/ended with 3:\nno port/);
  });

  test('that does not answer in time is stopped', async () => {
    await expect(Server.start(options(FOR_EVER, async () => { throw new Error('refused'); }, 0.5))).rejects.toThrow('did not answer within 0.5 s');
  });

  test('that answers serves until it is stopped', async () => {
    const told = join(folder, 'pid');
    const pid = () => Number(readFileSync(told, 'utf8'));
    const script = `require('node:fs').writeFileSync(${JSON.stringify(told)}, String(process.pid)); ${FOR_EVER}`;
    const server = await Server.start(options(script, async () => exists(pid()), 60));
    server.stop();
    while (exists(pid())) await new Promise((resolve) => setImmediate(resolve));
  });
});

test('whoever has no Python is told what is missing, as something that is wrong with the machine and not with the project', async () => {
  const attempt = pythonWithEmulator(join(folder, 'venv'), ['no-python-of-that-name']);
  await expect(attempt).rejects.toThrow('Python 3.10 or newer, with its module venv, is not on this machine');
  await expect(attempt).rejects.toBeInstanceOf(EmulatorUnavailable);
});

test('processes that share a clock live in the same time, which goes forward for all of them at once', async () => {
  const clock = new SharedClock(join(folder, 'clock'));
  const [command, args] = node('console.log(new Date().toISOString(), Date.now(), new Date(0).toISOString())');
  const inAnotherProcess = async () => {
    const [now = '', milliseconds, epoch] = (await runSuccessfully(command, args, { env: { ...process.env, ...clock.environment }, withinSeconds: 60 })).trim().split(' ');
    expect([Math.abs(Date.parse(now) - Number(milliseconds)) < 1000, epoch]).toEqual([true, '1970-01-01T00:00:00.000Z']);
    return Date.parse(now);
  };
  const before = [await inAnotherProcess(), clock.now().getTime()] as const;
  clock.advanceDays(91);
  const after = [await inAnotherProcess(), clock.now().getTime()] as const;
  for (const index of [0, 1] as const) expect(Math.floor((after[index] - before[index]) / 86_400_000)).toBe(91);
});
