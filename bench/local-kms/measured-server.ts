import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a server process has used since it started. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly residentMegabytes: number;
}

/** A server in a process of its own, which tells what it uses: the load of the client is not counted. */
export class MeasuredServer {
  /** @param script a module that calls `serveMeasured` */
  public static async start(script: string): Promise<MeasuredServer> {
    const child = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [{ endpoint }] = await once(child, 'message') as [{ endpoint: string }];
    return new MeasuredServer(child, endpoint);
  }

  private constructor(private readonly child: ChildProcess, public readonly endpoint: string) {}

  public async usage(): Promise<Usage> {
    this.child.send('usage');
    const [usage] = await once(this.child, 'message') as [Usage];
    return usage;
  }

  public async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

/** The server's side: says where it listens, answers what it has used, and ends with the process that started it. */
export function serveMeasured(endpoint: string): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    const usage: Usage = { cpuSeconds: (user + system) / 1e6, residentMegabytes: process.memoryUsage.rss() / 2 ** 20 };
    process.send?.(usage);
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ endpoint });
}
