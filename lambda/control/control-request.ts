import { ErrorName } from '../../src/contract/error-names';
import { STEP_SCHEMA, type ControlRequest } from '../../src/contract/function-steps';
import { Failure } from '../runtime/failure';

type StepName = ControlRequest['step'];

const OF_ROTATION = ['family', 'machine', 'run'];
const OF_RETIREMENT = ['family', 'run'];

/** What each step must have been told, besides its name. A step that is forgotten here does not compile. */
const MEMBERS: { readonly [step in StepName]: readonly string[] } = {
  'tick': ['family', 'machines'],
  // What the input says, the plan reads itself, and with care.
  'plan': ['family', 'execution', 'machine'],
  'create-generation': OF_ROTATION,
  'revive-generation': OF_ROTATION,
  'pre-flight': OF_ROTATION,
  'move-alias': OF_ROTATION,
  'check-consumers': OF_ROTATION,
  'move-alias-back': OF_ROTATION,
  'fence': OF_ROTATION,
  'probe-fence': OF_ROTATION,
  'begin-pass': OF_ROTATION,
  'begin-census': OF_ROTATION,
  'conclude-census': OF_ROTATION,
  'conclude-rotation': OF_ROTATION,
  'open-gate': OF_RETIREMENT,
  'close-gate': OF_RETIREMENT,
};

/** Reads what a state machine or the scheduler asks of the control function. What is refused is named, and never shown. */
export function decodeControlRequest(event: unknown): ControlRequest {
  const request = (typeof event === 'object' && event !== null ? event : {}) as { readonly [member: string]: unknown };
  const { schema, step } = request;
  if (schema !== STEP_SCHEMA) throw unfit('request is of another schema', typeof schema === 'number' ? String(schema) : 'none', `schema ${STEP_SCHEMA}`);
  if (!isStep(step)) throw unfit('there is no such step', typeof step === 'string' ? step.slice(0, 40) : 'none', Object.keys(MEMBERS).join(', '));
  const missing = MEMBERS[step].find((member) => request[member] === undefined);
  if (missing !== undefined) throw unfit(`request has no ${missing}`, step, `a ${step} with ${MEMBERS[step].join(', ')}`);
  return event as ControlRequest;
}

function isStep(step: unknown): step is StepName {
  return typeof step === 'string' && Object.hasOwn(MEMBERS, step);
}

function unfit(what: string, given: string, allowed: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: 'the control function',
    what,
    given,
    allowed,
    remedy: 'leave calling it to the state machines and the scheduler, and deploy them from one version of this library',
  });
}
