/**
 * Removes each safety measure in a copy of the project, and fails unless a test notices. There is a copy for each
 * processor core.
 *
 * Exit status 0 only if every mutant was caught. Run with `npm run -s mutation-check`, or with a part of the tests or
 * of the changed file: `npm run -s mutation-check -- key-material`.
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MUTANTS, type Mutant } from './mutants';
import { MutatedCopy } from './mutated-copy';

interface Judged {
  readonly mutant: Mutant;
  readonly caught: boolean;
}

async function check(part: string): Promise<void> {
  const waiting = MUTANTS.filter(({ tests, file }) => tests.includes(part) || file.includes(part));
  const total = waiting.length;
  if (total === 0) throw new Error(`no mutant changes a file, or is noticed by tests, with ${part} in the path`);
  const judged: Judged[] = [];

  async function judgeWaiting(copy: MutatedCopy): Promise<void> {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const { caught, failedTests } = await copy.without(mutant, () => judge(mutant as Mutant, copy.folder));
      judged.push({ mutant, caught });
      console.log(`${judged.length}/${total} ${caught ? 'caught  ' : 'SURVIVED'}  without ${mutant.without} (${failedTests} tests failed)`);
    }
  }

  await Promise.all(Array.from({ length: Math.min(availableParallelism(), total) }, async () => MutatedCopy.use(judgeWaiting)));
  const survivors = judged.filter(({ caught }) => !caught);
  for (const { mutant } of survivors) console.log(`survived: without ${mutant.without}, in ${mutant.file}, for ${mutant.tests}`);
  console.log(`${total} mutants, ${total - survivors.length} caught, ${survivors.length} survived`);
  process.exitCode = survivors.length === 0 ? 0 : 1;
}

async function judge({ tests }: Mutant, folder: string): Promise<{ caught: boolean; failedTests: number }> {
  // Without a safety measure, work can go on after its test has failed: nothing waits for it.
  const { status, stderr } = await jest(folder, [tests, '--silent', '--reporters=default', '--maxWorkers=1', '--forceExit']);
  const failed = /^Tests: +(\d+) failed/m.exec(stderr);
  // A suite that does not start proves nothing.
  if (failed === null && status !== 0) throw new Error(`tests ${tests} did not run: ${stderr.slice(0, 2000)}`);
  return { caught: status !== 0, failedTests: Number(failed?.[1] ?? 0) };
}

async function jest(folder: string, args: readonly string[]): Promise<{ status: number; stderr: string }> {
  const command = [join('node_modules', 'jest', 'bin', 'jest.js'), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (error, _stdout, stderr) => {
      resolve({ status: error === null ? 0 : 1, stderr });
    });
  });
}

void check(process.argv[2] ?? '');
