import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { STEP_SCHEMA } from '../../src/contract/runs/function-steps';

/** What each step must have been told, besides its name. */
export type MembersOfSteps<Step extends string> = { readonly [step in Step]: readonly string[] };

/** Reads what a state machine, a schedule or a rule asks of a function. What is refused is named, and never shown. */
export function decodeStepRequest<Request extends { readonly step: string }>(
  functionName: string, members: MembersOfSteps<Request['step']>, event: unknown,
): Request {
  const unfit = (what: string, given: string, allowed: string) => new Failure(ErrorName.INVALID_REQUEST, {
    where: functionName,
    what,
    given,
    allowed,
    remedy: 'leave calling it to what this library deploys, and deploy all of it from one version',
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
