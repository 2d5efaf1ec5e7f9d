import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { endGroup, lastLines } from './run';

export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where everything that it prints goes. */
  readonly logFile: string;
  /** Whether it answers. */
  readonly isReady: () => Promise<boolean>;
  readonly withinSeconds: number;
}

/** A process that serves until it is stopped. */
export class Server {
  /** Comes back when it answers. One that ends instead, or does not answer in time, is an error with the end of its log. */
  public static async start({ command, args, env, logFile, isReady, withinSeconds }: ServerOptions): Promise<Server> {
    const log = openSync(logFile, 'w');
    const child = spawn(command, args, { env, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    const server = new Server(child);
    const failure = (what: string) => new Error(`${command} ${args.join(' ')} ${what}:\n${lastLines(readFileSync(logFile, 'utf8'))}`);
    for (const deadline = Date.now() + withinSeconds * 1000; Date.now() < deadline; await setTimeout(100)) {
      if (child.exitCode !== null) throw failure(`ended with ${child.exitCode}`);
      if (await isReady().catch(() => false)) return server;
    }
    server.stop();
    throw failure(`did not answer within ${withinSeconds} s`);
  }

  private constructor(private readonly child: ChildProcess) {
    // Whatever becomes of us, it does not outlive us.
    process.once('exit', () => this.stop());
  }

  public stop(): void {
    endGroup(this.child.pid);
  }
}
