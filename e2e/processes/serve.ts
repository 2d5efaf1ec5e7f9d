import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { killGroup, lastLines } from './run';

export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** File for its standard output and standard error. */
  readonly logFile: string;
  /** Whether the server accepts requests. */
  readonly isReady: () => Promise<boolean>;
  readonly timeoutSeconds: number;
}

/** Server process, which runs until it is stopped. */
export class Server {
  /** Returns when the server is ready. If it ends, or is not ready in time, the error shows the end of its log. */
  public static async start({ command, args, env, logFile, isReady, timeoutSeconds }: ServerOptions): Promise<Server> {
    const log = openSync(logFile, 'w');
    const child = spawn(command, args, { env, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    const server = new Server(child);
    const failure = (what: string) => new Error(`${command} ${args.join(' ')} ${what}:\n${lastLines(readFileSync(logFile, 'utf8'))}`);
    for (const deadline = Date.now() + timeoutSeconds * 1000; Date.now() < deadline; await setTimeout(100)) {
      if (child.exitCode !== null) throw failure(`ended with exit status ${child.exitCode}`);
      if (await isReady().catch(() => false)) return server;
    }
    server.stop();
    throw failure(`was not ready within ${timeoutSeconds} s`);
  }

  private constructor(private readonly child: ChildProcess) {
    // The server never outlives this process.
    process.once('exit', () => this.stop());
  }

  public stop(): void {
    killGroup(this.child.pid);
  }
}
