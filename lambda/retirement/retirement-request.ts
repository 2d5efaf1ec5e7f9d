import { ErrorName } from '../../src/contract/error-names';
import { STEP_SCHEMA, type RetirementRequest } from '../../src/contract/function-steps';
import { Failure } from '../runtime/failure';

type StepName = RetirementRequest['step'];

const OF_A_RUN = ['family', 'run'];

/** What each step must have been told, besides its name. A step that is forgotten here does not compile. */
const MEMBERS: { readonly [step in StepName]: readonly string[] } = {
  // What the input says, the decision reads itself, and with care.
  'decide': ['family', 'execution'],
  'begin-count': OF_A_RUN,
  'conclude-count': OF_A_RUN,
  'certify': OF_A_RUN,
  'begin-soak': OF_A_RUN,
  'echo': OF_A_RUN,
  'schedule-deletion': OF_A_RUN,
  'note-recount': OF_A_RUN,
  'start-over': OF_A_RUN,
  'cancel-deletion': OF_A_RUN,
  // What the event says is read by the watch, which lets go what it does not understand.
  'note-use': ['alias', 'roles'],
};

/** Reads what the state machine or the rule of the watch asks of the retirement function. What is refused is named, and never shown. */
export function decodeRetirementRequest(event: unknown): RetirementRequest {
  const request = (typeof event === 'object' && event !== null ? event : {}) as { readonly [member: string]: unknown };
  const { schema, step } = request;
  if (schema !== STEP_SCHEMA) throw unfit('request is of another schema', typeof schema === 'number' ? String(schema) : 'none', `schema ${STEP_SCHEMA}`);
  if (!isStep(step)) throw unfit('there is no such step', typeof step === 'string' ? step.slice(0, 40) : 'none', Object.keys(MEMBERS).join(', '));
  const missing = MEMBERS[step].find((member) => request[member] === undefined);
  if (missing !== undefined) throw unfit(`request has no ${missing}`, step, `a ${step} with ${MEMBERS[step].join(', ')}`);
  return event as RetirementRequest;
}

function isStep(step: unknown): step is StepName {
  return typeof step === 'string' && Object.hasOwn(MEMBERS, step);
}

function unfit(what: string, given: string, allowed: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: 'the retirement function',
    what,
    given,
    allowed,
    remedy: 'leave calling it to the state machine and the rule of the watch, and deploy them from one version of this library',
  });
}
