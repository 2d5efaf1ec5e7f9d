import { randomUUID } from 'node:crypto';
import { ExecutionStopped } from '../step-functions/errors/stopping';

/** What Lambda tells a handler about the invocation. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** The entry of a function, as its author writes it. */
export type Handler<Event = unknown> = (event: Event, context: InvocationContext) => unknown;

/** A function as Lambda invokes it: JSON goes in, JSON comes out, and of an error its name and message. */
export type LocalFunction = (event: unknown, context?: Partial<InvocationContext>) => Promise<unknown>;

/** What Lambda takes in and gives out, in bytes. */
const MOST_REQUEST_BYTES = 6 * 1024 * 1024;
const MOST_RESPONSE_BYTES = 6 * 1024 * 1024 + 100;

/** The most that Lambda allows. What a function declares for itself is up to whoever loads it. */
const TIMEOUT_MILLISECONDS = 15 * 60 * 1000;

/** An error that came out of a function: whoever invoked it learns no more than this. */
export class FunctionError extends Error {
  public constructor(errorType: string, message: string) {
    super(message);
    this.name = errorType;
  }
}

/** Invokes a handler of this process, built from its source, as Lambda would. */
export function fromHandler<Event>(handler: Handler<Event>): LocalFunction {
  return async (event, context) => {
    const given = json(event);
    if (Buffer.byteLength(given) > MOST_REQUEST_BYTES) {
      throw new FunctionError('RequestEntityTooLargeException', `payload is too large for the RequestResponse invocation type (limit ${MOST_REQUEST_BYTES} bytes)`);
    }
    const answer = json(await invoke(handler, JSON.parse(given) as Event, context));
    if (Buffer.byteLength(answer) > MOST_RESPONSE_BYTES) {
      throw new FunctionError(
        'Function.ResponseSizeTooLarge', `Response payload size exceeded maximum allowed payload size (${MOST_RESPONSE_BYTES} bytes).`);
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

/** Nothing at all becomes `null`, as between Lambda and whoever invokes it. */
function json(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
