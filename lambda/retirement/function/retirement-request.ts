import type { RetirementRequest } from '../../../src/contract/runs/function-steps';
import { decodeStepRequest, type MembersOfSteps } from '../../runtime/step-request';

const OF_A_RUN = ['family', 'run'];

/** What each step must have been told, besides its name. A step that is forgotten here does not compile. */
const MEMBERS: MembersOfSteps<RetirementRequest['step']> = {
  // What the input says, the decision reads itself, and with care.
  'decide': ['family', 'execution'],
  'begin-count': OF_A_RUN,
  'conclude-count': OF_A_RUN,
  'certify': OF_A_RUN,
  'begin-soak': OF_A_RUN,
  'probe-watch': OF_A_RUN,
  'schedule-deletion': OF_A_RUN,
  'record-recount': OF_A_RUN,
  'start-over': OF_A_RUN,
  'cancel-deletion': OF_A_RUN,
  // What the event says is read by the watch, which lets go what it does not understand.
  'record-use': ['alias', 'roles'],
};

/** Reads what the state machine or the rule of the watch asks of the retirement function. */
export function decodeRetirementRequest(event: unknown): RetirementRequest {
  return decodeStepRequest<RetirementRequest>('the retirement function', MEMBERS, event);
}
