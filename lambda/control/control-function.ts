import { decodeControlRequest } from './control-request';
import { closeGate, openGate } from './gate';
import type { ControlRequest, ControlStep } from '../../src/contract/function-steps';
import { rotatingKeyResource } from '../key-family/rotating-key-resource';
import { beginRotation } from '../rotation/begin-rotation';
import { checkConsumers } from '../rotation/check-consumers';
import { concludeCensus } from '../rotation/conclude-census';
import { concludeRotation } from '../rotation/conclude-rotation';
import type { ControlPorts } from '../rotation/control-ports';
import { createGeneration } from '../rotation/create-generation';
import { fenceGenerations } from '../rotation/fence-generations';
import { moveAlias } from '../rotation/move-alias';
import { moveAliasBack } from '../rotation/move-alias-back';
import { beginCensus, beginPass } from '../rotation/passes';
import { preflightRotation } from '../rotation/preflight-rotation';
import { probeFence } from '../rotation/probe-fence';
import { reviveGeneration } from '../rotation/revive-generation';
import type { RotationStep } from '../rotation/still-ours';
import { customResource, type CustomResourceEvent, type InvocationContext } from '../runtime/custom-resource';
import { tellSafely } from '../runtime/tell-safely';
import { tick } from '../tick/tick';

/** The steps of a rotation. Each may be asked twice, late, or after having been stopped anywhere. */
const STEPS: { readonly [step in ControlStep]: RotationStep } = {
  'create-generation': createGeneration,
  'revive-generation': reviveGeneration,
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
      throw tellSafely(error, ports.log);
    }
  };
}

async function perform(request: ControlRequest, ports: ControlPorts): Promise<unknown> {
  switch (request.step) {
    case 'tick': return tick(request.family, request.machines, ports);
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
