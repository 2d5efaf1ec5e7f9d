import { decodeMembers, literal, nameIn, plainObject, type MemberDecoders } from './decode-value';
import { duringInvocation } from './invocation';
import type { Log } from './log';
import { reportFailure } from './report-failure';
import { STEP_SCHEMA, type StepRequest } from '../../src/contract/runs/function-steps';

/** One step of a function: the decoders of its request, and what performs it. It may be requested again, or late. */
interface StepRow<Request extends StepRequest, Ports> {
  readonly members: MemberDecoders<Omit<Request, keyof StepRequest>>;
  readonly perform: (request: Request, ports: Ports) => Promise<object>;
}

/** Every step of a function. A step without a row, and a member without a decoder, do not compile. */
export type StepTable<Request extends StepRequest, Ports> = {
  readonly [Step in Request['step']]: StepRow<Request & { readonly step: Step }, Ports>;
};

/** Decodes the request of a state machine, schedule or rule: its schema version, its step, then the step's members. */
export function decodeStepRequest<Request extends StepRequest, Ports>(
  functionName: string, steps: StepTable<Request, Ports>, event: unknown,
): Request {
  const request = plainObject<{ readonly [member: string]: unknown }>(event, `${functionName}, request`);
  literal(STEP_SCHEMA)(request.schema, `${functionName}, schema version`);
  const step = nameIn<Request['step']>(steps)(request.step, `${functionName}, step`);
  const { members } = steps[step] as StepRow<Request, Ports>;
  return decodeMembers(request, members, (member) => `${functionName}, step ${step}, member ${member}`) as Request;
}

/**
 * Performs the step that an event requests. Every error is logged, and thrown without data that must not be kept.
 *
 * @param afterwards what must have happened before the next step can begin, whether this one succeeds or fails
 */
export async function performStep<Request extends StepRequest, Ports extends { readonly log: Log }>(
  functionName: string, steps: StepTable<Request, Ports>, event: unknown, ports: Ports,
  afterwards: () => Promise<void> = async () => undefined,
): Promise<object> {
  return duringInvocation(async () => {
    const request = decodeStepRequest(functionName, steps, event);
    const { perform } = steps[request.step as Request['step']] as StepRow<Request, Ports>;
    try {
      return await perform(request, ports);
    } finally {
      await afterwards();
    }
  }).catch((error) => {
    throw reportFailure(error, ports.log);
  });
}
