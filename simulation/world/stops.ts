import { AsyncLocalStorage } from 'node:async_hooks';

/** When a function ends: before a call reaches AWS, or after it took effect there. */
export type Moment = 'before' | 'after';

interface Invocation {
  endsAtThisCall?: Moment;
  ended?: Error;
}

/** Functions that end in the middle of their work, as at their timeout: without an answer, and without another call. */
export class Stops {
  private readonly running = new AsyncLocalStorage<Invocation>();

  /** Performs an invocation. It fails if it has ended in the middle, whatever its code does with failed calls. */
  public async invocation(perform: () => Promise<unknown>): Promise<unknown> {
    const invocation: Invocation = {};
    const outcome = await this.running.run(invocation, () =>
      perform().then((answer) => () => answer, (error: Error) => () => { throw error; }));
    if (invocation.ended !== undefined) throw invocation.ended;
    return outcome();
  }

  /** The invocation that is making a call ends at it. */
  public endAtThisCall(moment: Moment): void {
    const invocation = this.running.getStore();
    if (invocation !== undefined) invocation.endsAtThisCall = moment;
  }

  public async call(proceed: () => Promise<unknown>): Promise<unknown> {
    const invocation = this.running.getStore();
    if (invocation?.ended !== undefined) throw invocation.ended;
    if (invocation?.endsAtThisCall === undefined) return proceed();
    // The answer is lost, also if it is an error.
    if (invocation.endsAtThisCall === 'after') await proceed().catch(() => undefined);
    invocation.ended = Object.assign(new Error('the function ended without an answer'), { name: 'Lambda.Unknown' });
    throw invocation.ended;
  }
}
