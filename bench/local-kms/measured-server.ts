import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The CPU time of a server process since its start, and its memory. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly residentMegabytes: number;
}

/** A server in a process of its own, which reports its usage: the load of the client is not included. */
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

/** The server's side: reports its endpoint and its usage, and ends with the process that started it. */
export function serveMeasured(endpoint: string): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    const usage: Usage = { cpuSeconds: (user + system) / 1e6, residentMegabytes: process.memoryUsage.rss() / 2 ** 20 };
    process.send?.(usage);
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ endpoint });
}
