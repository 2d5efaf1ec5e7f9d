import { ExecutionStopped } from '../../local/step-functions/errors/stopping';

/** What stands for the end of a process: nothing may catch it and go on, and an execution of a state machine ends with it. */
export class CrashedHere extends ExecutionStopped {
  public constructor(public readonly point: CrashPoint, public readonly operation: string) {
    super('CrashedHere', `stopped ${point.moment} the effect of call ${point.call}, ${operation}`);
    this.name = 'CrashedHere';
  }
}

/** Where to stop: at call number `call`, counted from 1 over all clients, before it reaches AWS or after it had its effect there. */
export interface CrashPoint {
  readonly call: number;
  readonly moment: 'before' | 'after';
}

/** Any client of the AWS SDK, as far as it is needed here. */
interface SdkClient {
  readonly middlewareStack: { add(middleware: never, options: { step: 'initialize'; name: string }): void };
}

type Next = (args: unknown) => Promise<unknown>;

/** Counts the calls of all clients it is laid around, and ends everything at one of them. Without a point it only counts. */
export class Crash {
  public calls = 0;
  /** What was thrown, once the point has been reached. */
  public crashed?: CrashedHere;

  public constructor(private readonly point?: CrashPoint) {}

  /** Has the point been reached? */
  public get happened(): boolean {
    return this.crashed !== undefined;
  }

  /** Lays itself around a client; the same client works as before but for the crash. */
  public around<T extends SdkClient>(client: T): T {
    const middleware = (next: Next, { commandName = 'call' }: { commandName?: string }) => async (args: unknown) => this.pass(commandName, () => next(args));
    client.middlewareStack.add(middleware as never, { step: 'initialize', name: 'crash' });
    return client;
  }

  /** Lets one call through, unless everything ends here or has ended before. */
  public async pass<T>(operation: string, call: () => Promise<T>): Promise<T> {
    // After its end a process makes no calls, whatever was still on its way.
    if (this.crashed !== undefined) throw this.crashed;
    this.calls += 1;
    const { point } = this;
    if (point === undefined || point.call !== this.calls) return call();
    const crash = new CrashedHere(point, operation);
    // An answer that is a refusal is an answer, too: it never arrives.
    if (point.moment === 'after') await call().catch(() => undefined);
    this.crashed = crash;
    throw crash;
  }
}

/** Every point at which something that makes so many calls can be stopped. */
export function crashPoints(calls: number): CrashPoint[] {
  return Array.from({ length: calls }, (_, index) => index + 1).flatMap((call): CrashPoint[] => [{ call, moment: 'before' }, { call, moment: 'after' }]);
}
