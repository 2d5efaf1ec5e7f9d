import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { STEP_SCHEMA } from '../../src/contract/runs/function-steps';

/** The members that the request of each step must have, besides its name. */
export type MembersOfSteps<Step extends string> = { readonly [step in Step]: readonly string[] };

/** Decodes the request of a state machine, schedule or rule. Errors name what is wrong and never show the request. */
export function decodeStepRequest<Request extends { readonly step: string }>(
  functionName: string, members: MembersOfSteps<Request['step']>, event: unknown,
): Request {
  const unfit = (what: string, given: string, allowed: string) => new Failure(ErrorName.INVALID_REQUEST, {
    where: functionName,
    what,
    given,
    allowed,
    remedy: 'do not call this function directly, and deploy all of its stack with one version of the library',
  });
  const request = (typeof event === 'object' && event !== null ? event : {}) as { readonly [member: string]: unknown };
  const { schema, step } = request;
  if (schema !== STEP_SCHEMA) throw unfit('request is of another schema', typeof schema === 'number' ? String(schema) : 'none', `schema ${STEP_SCHEMA}`);
  const known = Object.entries<readonly string[]>(members).find(([name]) => name === step);
  if (known === undefined) throw unfit('there is no such step', typeof step === 'string' ? step.slice(0, 40) : 'none', Object.keys(members).join(', '));
  const [name, required] = known;
  const missing = required.find((member) => request[member] === undefined);
  if (missing !== undefined) throw unfit(`request has no ${missing}`, name, `a ${name} with ${required.join(', ')}`);
  return event as Request;
}
