/**
 * Removes the safety measures that concern the laws of the simulation, one by one, and requires that a life breaks the
 * law that is known to break. With all measures, no life breaks one.
 *
 * Exit status 0 only if every mutant was caught. Run with `npm run -s mutation-simulation`, or with a part of the
 * changed file: `npm run -s mutation-simulation -- retirement`. With `--search` it lives the corpus without each other
 * measure, with `--search 0..23` also these seeds, and prints the first law that is broken.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { MUTANTS, type Mutant } from './mutants';
import { MutatedCopy } from './mutated-copy';
import { SIMULATED_MUTANTS } from './simulated-mutants';
import type { Summary } from '../../../simulation/run/summary';

/** What a mutant broke, as text. Undefined if no law. */
type Judge = (folder: string, mutant: Mutant) => Promise<string | undefined>;

async function simulate(folder: string, args: readonly string[]): Promise<Summary> {
  const command = ['--import', 'tsx', join('simulation', 'main.ts'), ...args, '--json'];
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, command, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (_, out, err) => {
      resolve({ stdout: out, stderr: err });
    });
  });
  // A life that ends its process breaks no law: the simulation itself must run.
  if (stdout === '') throw new Error(`the simulation did not run: ${stderr.slice(0, 2000)}`);
  return JSON.parse(stdout) as Summary;
}

const replayed = (name: string) => ['--replay', join('simulation', 'corpus', `${name}.json`)];

/** The known life must break the known law. */
async function judgeKnown(folder: string, { without }: Mutant): Promise<string | undefined> {
  const known = SIMULATED_MUTANTS.find((mutant) => mutant.without === without);
  if (known === undefined) throw new Error(`${without} is no simulated mutant`);
  const args = typeof known.life === 'number' ? ['--seed', String(known.life)] : replayed(known.life);
  const { failing: [first] } = await simulate(folder, args);
  return first?.law === known.law ? `${known.life}: ${first.law}` : undefined;
}

/** The first life that breaks a law: those of the corpus are short, and come first. */
function searchIn(seeds: string | true): Judge {
  return async (folder) => {
    for (const name of readdirSync(join(folder, 'simulation', 'corpus')).map((file) => file.replace(/\.json$/, ''))) {
      const { failing: [first] } = await simulate(folder, replayed(name));
      if (first !== undefined) return `${name}: ${first.law}: ${first.detail}`;
    }
    if (seeds === true) return undefined;
    const { failing: [first] } = await simulate(folder, ['--seeds', seeds, '--processes', '1', '--fail-fast']);
    return first === undefined ? undefined : `${first.seed}: ${first.law}: ${first.detail}`;
  };
}

async function check(mutants: readonly Mutant[], judge: Judge): Promise<void> {
  const waiting = [...mutants];
  const total = waiting.length;
  if (total === 0) throw new Error('no mutant changes a file with this in its path');
  let survivors = 0;
  const judgeWaiting = async (copy: MutatedCopy): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const one = mutant;
      const broken = await copy.without(one, () => judge(copy.folder, one));
      console.log(`${broken === undefined ? 'SURVIVED' : 'caught  '}  without ${one.without}${broken === undefined ? '' : `: ${broken}`}`);
      if (broken === undefined) survivors += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), total) }, async () => MutatedCopy.use(judgeWaiting)));
  console.log(`${total} mutants, ${total - survivors} caught, ${survivors} survived`);
  process.exitCode = survivors === 0 ? 0 : 1;
}

async function main(): Promise<void> {
  const program = new Command('mutation-simulation')
    .argument('[part]', 'only mutants of files with this in their path', '')
    .option('--search [from..to]', 'every mutant of lambda/ and src/ that is not known yet: live the corpus, and these seeds');
  const { search } = program.parse().opts<{ search?: string | true }>();
  const [part = ''] = program.processedArgs as string[];
  const isKnown = ({ without }: Mutant) => SIMULATED_MUTANTS.some((known) => known.without === without);
  const ofPart = MUTANTS.filter(({ file }) => file.includes(part));
  if (search === undefined) await check(ofPart.filter(isKnown), judgeKnown);
  else await check(ofPart.filter((mutant) => !isKnown(mutant) && !mutant.file.startsWith('cli/')), searchIn(search));
}

void main();
