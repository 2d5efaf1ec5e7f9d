import { randomUUID } from 'node:crypto';
import { ExecutionStopped } from '../step-functions/errors/stopping';

/** The context that Lambda passes to a handler. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** The handler of a function. */
export type Handler<Event = unknown> = (event: Event, context: InvocationContext) => unknown;

/** A function as Lambda invokes it: the event and the result are JSON, and an error has only a name and a message. */
export type LocalFunction = (event: unknown, context?: Partial<InvocationContext>) => Promise<unknown>;

/** The payload limits of Lambda. */
const MAX_REQUEST_BYTES = 6 * 1024 * 1024;
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100;

/** The maximum of Lambda. Callers can pass a context with a shorter timeout. */
const TIMEOUT_MILLISECONDS = 15 * 60 * 1000;

/** An error of a function, with all that its caller receives. */
export class FunctionError extends Error {
  public constructor(errorType: string, message: string) {
    super(message);
    this.name = errorType;
  }
}

/** Returns a function that invokes a handler of this process as Lambda does. */
export function fromHandler<Event>(handler: Handler<Event>): LocalFunction {
  return async (event, context) => {
    const given = json(event);
    if (Buffer.byteLength(given) > MAX_REQUEST_BYTES) {
      throw new FunctionError(
        'RequestEntityTooLargeException',
        `payload is too large for the RequestResponse invocation type (limit ${MAX_REQUEST_BYTES} bytes)`,
      );
    }
    const answer = json(await invoke(handler, JSON.parse(given) as Event, context));
    if (Buffer.byteLength(answer) > MAX_RESPONSE_BYTES) {
      throw new FunctionError(
        'Function.ResponseSizeTooLarge', `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`);
    }
    return JSON.parse(answer);
  };
}

async function invoke<Event>(handler: Handler<Event>, event: Event, context?: Partial<InvocationContext>): Promise<unknown> {
  const deadline = Date.now() + TIMEOUT_MILLISECONDS;
  try {
    return await handler(event, { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => deadline - Date.now(), ...context });
  } catch (thrown) {
    if (thrown instanceof ExecutionStopped) throw thrown;
    const { name, message } = (thrown ?? {}) as Partial<Error>;
    throw new FunctionError(typeof name === 'string' ? name : typeof thrown, typeof message === 'string' ? message : String(thrown));
  }
}

/** `undefined` becomes `null`, as in Lambda. */
function json(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
