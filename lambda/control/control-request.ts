import type { ControlRequest } from '../../src/contract/runs/function-steps';
import { decodeStepRequest, type MembersOfSteps } from '../runtime/step-request';

const OF_ROTATION = ['family', 'machine', 'run'];
const OF_RETIREMENT = ['family', 'run'];

/** What each step must have been told, besides its name. A step that is forgotten here does not compile. */
const MEMBERS: MembersOfSteps<ControlRequest['step']> = {
  'reconcile': ['family', 'machines'],
  // What the input says, the plan reads itself, and with care.
  'plan': ['family', 'execution', 'machine'],
  'create-generation': OF_ROTATION,
  'restore-generation': OF_ROTATION,
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

/** Reads what a state machine or the scheduler asks of the control function. */
export function decodeControlRequest(event: unknown): ControlRequest {
  return decodeStepRequest<ControlRequest>('the control function', MEMBERS, event);
}
