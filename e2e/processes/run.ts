import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** After so many seconds the command and all that it has started are ended. */
  readonly withinSeconds: number;
}

/** A command that has ended by itself. */
export interface Ran {
  readonly exitCode: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Runs a command to its end. One that takes too long, or cannot be started at all, is an error; one that fails is an answer. */
export async function run(command: string, args: readonly string[], { env = process.env, withinSeconds }: RunOptions): Promise<Ran> {
  // A process group of its own, so that what it has started can be ended with it.
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const output = () => Buffer.concat(chunks).toString('utf8');
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => {
      endGroup(child.pid);
      reject(new Error(`${told(command, args)} took more than ${withinSeconds} s:\n${lastLines(output())}`));
    }, withinSeconds * 1000);
    child.on('error', (error) => { clearTimeout(timeout); reject(error); });
    child.on('close', (exitCode) => { clearTimeout(timeout); resolve({ exitCode: exitCode ?? 1, output: output() }); });
  });
}

/** The same for a command that has to succeed. */
export async function runSuccessfully(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { exitCode, output } = await run(command, args, options);
  if (exitCode !== 0) throw new Error(`${told(command, args)} ended with ${exitCode}:\n${lastLines(output)}`);
  return output;
}

/** Ends a process and all that it has started. */
export function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** What a reader of an error needs of a long output. */
export function lastLines(output: string, count = 40): string {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}

function told(command: string, args: readonly string[]): string {
  return [command, ...args].join(' ');
}
