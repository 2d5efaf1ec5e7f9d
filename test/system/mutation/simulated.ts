/**
 * Removes the safety measures that concern the laws of the simulation, one by one, and requires that a life breaks a
 * law. With all of them, no life of these seeds breaks one.
 *
 * Exit status 0 only if every mutant was caught. Run with `npm run -s mutation-simulation`, or with a part of the
 * changed file: `npm run -s mutation-simulation -- retirement`.
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MUTANTS, type Mutant } from './mutants';
import { MutatedCopy } from './mutated-copy';
import { SIMULATED_MUTANTS } from './simulated-mutants';

const SEEDS = '0..23';

/** The first law that is broken, with its seed: `12 lost`. Undefined if none is. */
async function brokenIn(folder: string): Promise<string | undefined> {
  const args = ['--import', 'tsx', join('simulation', 'main.ts'), '--seeds', SEEDS, '--processes', '1', '--fail-fast', '--json'];
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (_, out, err) => resolve({ stdout: out, stderr: err }));
  });
  // A life that ends its process breaks no law: the simulation itself must run.
  if (stdout === '') throw new Error(`the simulation did not run: ${stderr.slice(0, 2000)}`);
  const { failing } = JSON.parse(stdout) as { failing: { seed: number; law: string }[] };
  return failing.map(({ seed, law }) => `${seed} ${law}`)[0];
}

async function check(part: string): Promise<void> {
  const waiting = MUTANTS.filter(({ without, file }) => SIMULATED_MUTANTS.includes(without) && file.includes(part));
  const total = waiting.length;
  if (total === 0) throw new Error(`no simulated mutant changes a file with ${part} in its path`);
  const survivors: Mutant[] = [];
  const judgeWaiting = async (copy: MutatedCopy): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const broken = await copy.without(mutant, () => brokenIn(copy.folder));
      console.log(`${broken === undefined ? 'SURVIVED' : 'caught  '}  without ${mutant.without}: ${broken ?? `no life of ${SEEDS} breaks a law`}`);
      if (broken === undefined) survivors.push(mutant);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), total) }, async () => MutatedCopy.use(judgeWaiting)));
  console.log(`${total} mutants, ${total - survivors.length} caught, ${survivors.length} survived`);
  process.exitCode = survivors.length === 0 ? 0 : 1;
}

void check(process.argv[2] ?? '');
