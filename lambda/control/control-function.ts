import { decodeControlRequest } from './control-request';
import { closeGate, openGate } from './gate';
import type { ControlRequest, ControlStep } from '../../src/contract/runs/function-steps';
import type { ControlPorts } from '../key-family/control-ports';
import { rotatingKeyResource } from '../key-family/resource/rotating-key-resource';
import { reconcile } from '../reconcile/reconcile';
import type { RotationStep } from '../rotation/run-ownership';
import { beginCensus, beginPass } from '../rotation/steps/begin-pass';
import { beginRotation } from '../rotation/steps/begin-rotation';
import { checkConsumers } from '../rotation/steps/check-consumers';
import { concludeCensus } from '../rotation/steps/conclude-census';
import { concludeRotation } from '../rotation/steps/conclude-rotation';
import { createGeneration } from '../rotation/steps/create-generation';
import { fenceGenerations } from '../rotation/steps/fence-generations';
import { moveAlias } from '../rotation/steps/move-alias';
import { moveAliasBack } from '../rotation/steps/move-alias-back';
import { preflightRotation } from '../rotation/steps/preflight-rotation';
import { probeFence } from '../rotation/steps/probe-fence';
import { restoreGeneration } from '../rotation/steps/restore-generation';
import { customResource, type CustomResourceEvent, type InvocationContext } from '../runtime/custom-resource';
import { reportFailure } from '../runtime/report-failure';

/** The steps of a rotation. Each may be asked twice, late, or after having been stopped anywhere. */
const STEPS: { readonly [step in ControlStep]: RotationStep } = {
  'create-generation': createGeneration,
  'restore-generation': restoreGeneration,
  'pre-flight': preflightRotation,
  'move-alias': moveAlias,
  'check-consumers': checkConsumers,
  'move-alias-back': moveAliasBack,
  'fence': fenceGenerations,
  'probe-fence': probeFence,
  'begin-pass': beginPass,
  'begin-census': beginCensus,
  'conclude-census': concludeCensus,
  'conclude-rotation': concludeRotation,
};

/** The handler of the control function: `Custom::RotatingKey`, the daily tick, and the steps of both state machines that want its rights. */
export function controlFunction(ports: ControlPorts): (event: unknown, context: InvocationContext) => Promise<unknown> {
  const answerCloudFormation = customResource(rotatingKeyResource(ports), ports);
  return async (event, context) => {
    if (isCustomResourceEvent(event)) return answerCloudFormation(event, context);
    try {
      return await perform(decodeControlRequest(event), ports);
    } catch (error) {
      throw reportFailure(error, ports.log);
    }
  };
}

async function perform(request: ControlRequest, ports: ControlPorts): Promise<unknown> {
  switch (request.step) {
    case 'reconcile': return reconcile(request.family, request.machines, ports);
    case 'plan': return beginRotation(request, ports);
    case 'open-gate': return openGate(request.family, request.run, ports);
    case 'close-gate': return closeGate(request.family, request.run, ports);
    default: return STEPS[request.step](request, ports);
  }
}

/** CloudFormation writes its events itself; only their kind is told apart here. */
function isCustomResourceEvent(event: unknown): event is CustomResourceEvent {
  return typeof event === 'object' && event !== null && 'RequestType' in event;
}
