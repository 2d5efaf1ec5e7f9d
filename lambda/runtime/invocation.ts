import { AsyncLocalStorage } from 'node:async_hooks';

/** One invocation of a function. */
interface Invocation {
  ended: boolean;
}

const INVOCATION = new AsyncLocalStorage<Invocation>();

/** Thrown instead of a call, in work whose invocation has ended. It is reported to no caller, because none waits. */
export class InvocationEnded extends Error {
  public constructor() {
    super('the invocation has ended');
    this.name = 'InvocationEnded';
  }
}

/**
 * Runs the work of one invocation. When it has ended, nothing that is still running of it performs another call.
 *
 * AWS Lambda freezes an environment when its invocation has answered, and continues what was left running in the next
 * invocation, perhaps days later. Work that goes on then would act on a state that it read long ago.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export async function duringInvocation<T>(work: () => Promise<T>): Promise<T> {
  const invocation: Invocation = { ended: false };
  return INVOCATION.run(invocation, work).finally(() => { invocation.ended = true; });
}

/** The same, and the invocation ends with the result of `otherwise` if the time ends before the work. */
export async function beforeDeadline<T>(milliseconds: number, work: () => Promise<T>, otherwise: () => T): Promise<T> {
  const invocation: Invocation = { ended: false };
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      invocation.ended = true;
      resolve(otherwise());
    }, milliseconds);
  });
  return Promise.race([INVOCATION.run(invocation, work), deadline]).finally(() => {
    clearTimeout(timer);
    invocation.ended = true;
  });
}

/** Performs a call or a wait, and throws if the invocation that it belongs to has ended before it or during it. */
export async function unlessEnded<T>(call: () => Promise<T>): Promise<T> {
  refuseIfEnded();
  try {
    return await call();
  } finally {
    refuseIfEnded();
  }
}

function refuseIfEnded(): void {
  if (INVOCATION.getStore()?.ended === true) throw new InvocationEnded();
}
