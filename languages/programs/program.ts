import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';

/** What is said before a program starts, so that it neither asks, nor prints in colours, nor talks about the age of Node.js. */
const QUIETLY = {
  JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
  JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
};

/** How many lines of a log tell why a program has failed: what comes before is about what went well. */
const LINES_THAT_TELL_WHY = 20;

/** Where and how programs run. */
export interface Surroundings {
  readonly folder: string;
  /** Everything that they print, one after the other. */
  readonly log: string;
  readonly environment?: { readonly [name: string]: string };
}

/** Runs a program to its end, and answers what it printed to standard output. A program that fails is an error that shows the end of its log. */
export async function run(command: string, args: readonly string[], { folder, log, environment }: Surroundings): Promise<string> {
  const shown = [command, ...args].join(' ');
  const logged = createWriteStream(log, { flags: 'a' });
  logged.write(`$ ${shown}\n`);
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...QUIETLY, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  for (const stream of [child.stdout, child.stderr]) stream.pipe(logged, { end: false });
  const status = await new Promise<number | string | null>((resolve) => {
    child.on('error', (error) => { resolve(error.message); });
    child.on('close', (code, signal) => { resolve(code ?? signal); });
  });
  await new Promise((resolve) => { logged.end(resolve); });
  if (status !== 0) throw new Error(`${shown}\nended with ${status}; the end of ${log}:\n${endOf(log)}`);
  return Buffer.concat(printed).toString();
}

function endOf(log: string): string {
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LINES_THAT_TELL_WHY).join('\n') : '';
}
