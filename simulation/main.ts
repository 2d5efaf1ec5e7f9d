import '../local/suppress-node-version-warning';
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { describeEvent, describeWhen } from './life/event';
import { drawLife, type Life } from './life/life';
import type { CorpusLife } from './run/corpus';
import { live, type Outcome } from './run/live';
import { shrink } from './run/shrink';
import { describeSummary, summarize } from './run/summary';
import { liveAll } from './run/workers';
import { progressOn } from '../local/demo/progress';

interface Options {
  readonly seeds: readonly number[];
  readonly seed?: number;
  readonly replay?: string;
  readonly years: number;
  readonly processes: number;
  readonly failFast?: boolean;
  readonly trace?: true;
  readonly shrink?: true;
  readonly json?: true;
}

/** `npm run -s simulate -- --seeds 0..199 --years 1 --json` */
async function main(): Promise<void> {
  const program = new Command('simulate')
    .description('Lives years of a rotating key from seeds, under faults, and checks after every event that nothing is lost. '
      + 'Exit status 0 only if no law is broken and every family converged.')
    .option('--seeds <from..to>', 'the seeds, both included', readSeeds, readSeeds('0..19'))
    .option('--seed <number>', 'one seed only: its life is shrunk if it breaks a law', wholeNumber)
    .option('--replay <file>', 'a life as JSON, as --shrink prints it, or a file of simulation/corpus')
    .option('--years <number>', 'virtual years of each life, before its final calm', positive, 1)
    .option('--processes <number>', 'how many lives run at the same time', wholeNumber, 2)
    .option('--fail-fast', 'with --seeds: begin no other life after one that breaks a law')
    .option('--trace', 'with --seed or --replay: prints the life day by day')
    .option('--shrink', 'with --seed: removes every event without which the law is still broken, and prints the rest as JSON')
    .option('--json', 'print one JSON object');
  const options = program.parse().opts<Options>();
  const failed = options.seed === undefined && options.replay === undefined ? await simulateMany(options) : await simulateOne(options);
  process.exitCode = failed ? 1 : 0;
}

async function simulateMany({ seeds, years, processes, failFast = false, json }: Options): Promise<boolean> {
  const counter = progressOn(process.stderr).count('lives', seeds.length);
  const outcomes = await liveAll({ seeds, years, processes, failFast }, ({ seed, broken: [first] }) => {
    counter.advance();
    // Long runs can be stopped: what they have found is not lost.
    if (first === undefined || process.stderr.isTTY) return;
    process.stderr.write(`  seed ${seed}, day ${first.day}: ${first.law}: ${first.detail}\n`);
  });
  counter.end();
  const summary = summarize(outcomes, years);
  process.stdout.write(json === true ? `${JSON.stringify(summary)}\n` : describeSummary(summary));
  return summary.failing.length > 0;
}

async function simulateOne({ seed = 0, replay, years, trace, shrink: shrinks, json }: Options): Promise<boolean> {
  const life = replay === undefined ? drawLife(seed, years) : readLife(replay);
  const outcome = await live(life);
  if (trace === true) process.stdout.write(`${outcome.trace.join('\n')}\ntrace ${outcome.traceHash}\n`);
  if (shrinks === true && outcome.broken.length > 0) await printShrunk(life, outcome);
  else if (json === true) process.stdout.write(`${JSON.stringify(summarize([outcome], years))}\n`);
  else process.stdout.write(describeSummary(summarize([outcome], years)));
  return outcome.broken.length > 0;
}

async function printShrunk(life: Life, outcome: Outcome): Promise<void> {
  const shrunk = await shrink(life, outcome, (text) => void process.stderr.write(`  ${text}\n`));
  for (const event of shrunk.life.events) {
    process.stderr.write(`  ${describeWhen(event)}: ${describeEvent(event)}\n`);
  }
  for (const { law, day, detail } of shrunk.outcome.broken) process.stderr.write(`  day ${day}: ${law}: ${detail}\n`);
  process.stdout.write(`${JSON.stringify(shrunk.life)}\n`);
}

/** A life, or a file of the corpus, which contains one. */
function readLife(file: string): Life {
  const content = JSON.parse(readFileSync(file, 'utf8')) as Life | CorpusLife;
  return 'life' in content ? content.life : content;
}

function readSeeds(text: string): number[] {
  const [, from, to] = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text) ?? [];
  if (from === undefined || Number(from) > Number(to)) throw new InvalidArgumentError('Write for example 0..199.');
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 100)) throw new InvalidArgumentError('It must be a number above 0, up to 100.');
  return number;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 2;
});
