import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** After this time the command and all processes that it has started are killed. */
  readonly timeoutSeconds: number;
}

/** Result of a command that has ended. */
export interface RunResult {
  readonly exitCode: number;
  /** Standard output and standard error, interleaved. */
  readonly output: string;
}

/**
 * Runs a command until it ends. A command that fails is a result.
 *
 * A command that cannot be started, or that takes too long, is an error.
 */
export async function run(command: string, args: readonly string[], { env = process.env, timeoutSeconds }: RunOptions): Promise<RunResult> {
  // A separate process group, so that child processes can be killed with it.
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const output = () => Buffer.concat(chunks).toString('utf8');
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => {
      killGroup(child.pid);
      reject(new Error(`${commandLine(command, args)} did not end within ${timeoutSeconds} s:\n${lastLines(output())}`));
    }, timeoutSeconds * 1000);
    child.on('error', (error) => { clearTimeout(timeout); reject(error); });
    child.on('close', (exitCode) => { clearTimeout(timeout); resolve({ exitCode: exitCode ?? 1, output: output() }); });
  });
}

/** Runs a command that must succeed, and returns its output. */
export async function runSuccessfully(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { exitCode, output } = await run(command, args, options);
  if (exitCode !== 0) throw new Error(`${commandLine(command, args)} ended with exit status ${exitCode}:\n${lastLines(output)}`);
  return output;
}

/** Kills a process and all processes that it has started. */
export function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

/** The end of a long output, for an error message. */
export function lastLines(output: string, count = 40): string {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}

function commandLine(command: string, args: readonly string[]): string {
  return [command, ...args].join(' ');
}
