import type { Call } from './call';
import type { Shape } from '../../protocol/shape';
import { readRequest } from '../../protocol/shape';

/** The answer of an operation: members in their wire form, or nothing if AWS returns no body. */
export type Answer = Readonly<Record<string, unknown>> | void;

/** One operation of KMS: reads its request, then performs it. */
export interface Operation {
  /** The shape of its request. */
  readonly request: Shape<object>;
  perform(body: unknown, call: Call): Answer | Promise<Answer>;
}

/** Combines the shape of a request with the function that performs it. */
export function operation<Request extends object>(
  request: Shape<Request>, perform: (request: Request, call: Call) => Answer | Promise<Answer>,
): Operation {
  return {
    request,
    perform: (body, call) => {
      const read = readRequest(request, body);
      call.begin(read);
      return perform(read, call);
    },
  };
}

/** The wire form of a time: epoch seconds. */
export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
