import { CONTROL_STEPS } from '../../../lambda/control/control-function';
import { WORKER_STEPS } from '../../../lambda/reencrypt/worker-function';
import { RETIREMENT_STEPS } from '../../../lambda/retirement/function/retirement-function';
import { decodeStepRequest } from '../../../lambda/runtime/step-request';

/** Each function decodes a request by its own table of steps. */
export const decodeControlRequest = (event: unknown) => decodeStepRequest('control function', CONTROL_STEPS, event);
export const decodeWorkerRequest = (event: unknown) => decodeStepRequest('worker function', WORKER_STEPS, event);
export const decodeRetirementRequest = (event: unknown) => decodeStepRequest('retirement function', RETIREMENT_STEPS, event);
