import { ExecutionStopped } from '../../local/step-functions/errors/stopping';

/** The end of a process: no code may catch it and continue, and an execution of a state machine ends with it. */
export class CrashedHere extends ExecutionStopped {
  public constructor(public readonly point: CrashPoint, public readonly operation: string) {
    super('CrashedHere', `stopped ${point.moment} the effect of call ${point.call}, ${operation}`);
    this.name = 'CrashedHere';
  }
}

/**
 * The point of a crash: call number `call`, counted from 1 over all clients, before it reaches AWS or after it took
 * effect there.
 */
export interface CrashPoint {
  readonly call: number;
  readonly moment: 'before' | 'after';
}

/** The part of an AWS SDK client that is needed here. */
interface SdkClient {
  readonly middlewareStack: { add(middleware: never, options: { step: 'initialize'; name: string }): void };
}

type Next = (args: unknown) => Promise<unknown>;

/** Counts the calls of several clients, and stops all of them at one call. Without a point it only counts. */
export class Crash {
  public calls = 0;
  /** The thrown error, when the point has been reached. */
  public crashed?: CrashedHere;

  public constructor(private readonly point?: CrashPoint) {}

  /** Whether the point has been reached. */
  public get happened(): boolean {
    return this.crashed !== undefined;
  }

  /** Adds the crash to a client, and returns the same client. */
  public around<T extends SdkClient>(client: T): T {
    const middleware =
      (next: Next, { commandName = 'call' }: { commandName?: string }) =>
        async (args: unknown) =>
          this.pass(commandName, () => next(args));
    client.middlewareStack.add(middleware as never, { step: 'initialize', name: 'crash' });
    return client;
  }

  /** Forwards a call, unless the crash happens at this call or has happened before. */
  public async pass<T>(operation: string, call: () => Promise<T>): Promise<T> {
    // A process makes no calls after its end.
    if (this.crashed !== undefined) throw this.crashed;
    this.calls += 1;
    const { point } = this;
    if (point === undefined || point.call !== this.calls) return call();
    const crash = new CrashedHere(point, operation);
    // An error of AWS is a response, too, and is lost.
    if (point.moment === 'after') await call().catch(() => undefined);
    this.crashed = crash;
    throw crash;
  }
}

/** Every crash point of code that makes so many calls. */
export function crashPoints(calls: number): CrashPoint[] {
  return Array.from({ length: calls }, (_, index) => index + 1).flatMap((call): CrashPoint[] => [
    { call, moment: 'before' },
    { call, moment: 'after' },
  ]);
}
