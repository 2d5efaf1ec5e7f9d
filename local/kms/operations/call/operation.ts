import type { Call } from './call';
import type { Shape } from '../../protocol/shape';
import { readRequest } from '../../protocol/shape';

/** What an operation answers: members as they go over the wire, or nothing where AWS answers nothing. */
export type Answer = Readonly<Record<string, unknown>> | void;

/** One operation of KMS: reads its request, then performs it. */
export interface Operation {
  /** What its request looks like. */
  readonly request: Shape<object>;
  perform(body: unknown, call: Call): Answer | Promise<Answer>;
}

/** Joins the shape of a request with what is done for it. */
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

/** Times are epoch seconds on the wire. */
export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
