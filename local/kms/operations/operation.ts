import type { Call } from './call';
import type { Shape } from '../shape/shape';
import { readRequest } from '../shape/shape';

/** What an operation answers: members as they go over the wire, or nothing where AWS answers nothing. */
export type Answer = Readonly<Record<string, unknown>> | void;

/** One operation of KMS: reads its request, then performs it. */
export interface Operation {
  perform(body: unknown, call: Call): Answer | Promise<Answer>;
}

/** Joins the shape of a request with what is done for it. */
export function operation<Request>(request: Shape<Request>, perform: (request: Request, call: Call) => Answer | Promise<Answer>): Operation {
  return { perform: (body, call) => perform(readRequest(request, body), call) };
}

/** Times are epoch seconds on the wire. */
export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
