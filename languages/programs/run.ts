import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';

/** A program that runs longer hangs: half an hour is enough with an empty cache on a slow machine. */
const DEFAULT_TIMEOUT_SECONDS = 30 * 60;

/** Environment of every program: without warnings about versions of Node.js and pip. */
const QUIET_ENVIRONMENT = {
  JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
  JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
};

/** How many lines of its log the error of a program shows. Earlier lines are about steps that succeeded. */
const LOG_LINES_IN_ERRORS = 20;

export interface RunOptions {
  /** Working directory of the program. */
  readonly folder: string;
  /** File to which the output of every program is appended. */
  readonly log: string;
  readonly environment?: { readonly [name: string]: string };
  /** After this time the program and all processes that it has started are killed. By default after half an hour. */
  readonly timeoutSeconds?: number;
}

/**
 * Runs a program until it ends, and returns its standard output.
 *
 * If the program fails, cannot be started or takes too long, the error shows the end of its log.
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { folder, log, environment, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const commandLine = [command, ...args].join(' ');
  const logStream = createWriteStream(log, { flags: 'a' });
  logStream.write(`$ ${commandLine}\n`);
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, ...QUIET_ENVIRONMENT, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A separate process group, so that child processes can be killed with it.
    detached: true,
  });
  const killGroup = () => { kill(child.pid); };
  process.once('exit', killGroup);
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  for (const stream of [child.stdout, child.stderr]) stream.pipe(logStream, { end: false });
  const failure = await new Promise<string | undefined>((resolve) => {
    const timeout = setTimeout(() => {
      killGroup();
      resolve(`did not end within ${timeoutSeconds} s and was killed`);
    }, timeoutSeconds * 1000);
    child.on('error', (error) => { clearTimeout(timeout); resolve(`cannot be started (${error.message})`); });
    child.on('close', (code, signal) => { clearTimeout(timeout); resolve(code === 0 ? undefined : `ended with ${code ?? signal}`); });
  });
  process.removeListener('exit', killGroup);
  for (const stream of [child.stdout, child.stderr]) stream.unpipe(logStream);
  await new Promise((resolve) => { logStream.end(resolve); });
  if (failure !== undefined) throw new Error(`${commandLine}\n${failure}; the end of ${log}:\n${endOf(log)}`);
  return Buffer.concat(output).toString();
}

/**
 * Ends this process, and with it the programs that it runs, on SIGINT and SIGTERM.
 *
 * The programs have their own process groups, which do not receive the signals of a terminal.
 */
export function exitWhenInterrupted(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
}

function kill(group: number | undefined): void {
  try {
    if (group !== undefined) process.kill(-group, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

function endOf(log: string): string {
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_IN_ERRORS).join('\n') : '';
}
