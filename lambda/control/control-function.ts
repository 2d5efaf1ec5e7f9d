import { closeGate, openGate } from './gate';
import { RETIREMENT_END_RESOURCE_TYPE } from '../../src/contract/family/retirement-end-resource';
import type { ControlRequest, FamilyMachines } from '../../src/contract/runs/function-steps';
import type { ControlPorts } from '../key-family/control-ports';
import { orderedResource } from '../key-family/resource/ordered-resource';
import { rotatingKeyResource } from '../key-family/resource/rotating-key-resource';
import { settledResource } from '../key-family/resource/settled-resource';
import { reconcile } from '../reconcile/reconcile';
import { retirementEndResource } from '../retirement/reversal/retirement-end-resource';
import { checkConsumers } from '../rotation/consumers/check-consumers';
import { liftFence } from '../rotation/consumers/lift-fence';
import { proveWatch } from '../rotation/consumers/prove-watch';
import type { RotationStep } from '../rotation/run-ownership';
import { beginCensus, beginPass } from '../rotation/steps/begin-pass';
import { beginRotation } from '../rotation/steps/begin-rotation';
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
import { familyDescription, namedFamily, retirementRun, rotationRun } from '../runtime/decode-family';
import { anything, instant, structure, nonEmptyString } from '../runtime/decode-value';
import { performStep, type StepTable } from '../runtime/step-request';

const OF_RETIREMENT = { family: familyDescription, run: retirementRun };

const OF_ROTATION = { family: familyDescription, machine: nonEmptyString, run: rotationRun };
const ofRotation = (perform: RotationStep) => ({ members: OF_ROTATION, perform });

/** The steps of the control function. The gate of a retirement belongs to them: only this role changes key policies. */
export const CONTROL_STEPS: StepTable<ControlRequest, ControlPorts> = {
  'reconcile': {
    // Only named: a run with a malformed description still cancels pending deletions, and fails after that.
    members: { family: namedFamily, machines: structure<FamilyMachines>({ rotation: nonEmptyString, retirement: nonEmptyString }) },
    perform: ({ family, machines }, ports) => reconcile(family, machines, ports),
  },
  'plan': {
    members: { family: familyDescription, execution: nonEmptyString, startedAt: instant, machine: nonEmptyString, input: anything },
    perform: beginRotation,
  },
  'create-generation': ofRotation(createGeneration),
  'restore-generation': ofRotation(restoreGeneration),
  'pre-flight': ofRotation(preflightRotation),
  'prove-watch': ofRotation(proveWatch),
  'move-alias': ofRotation(moveAlias),
  'check-consumers': ofRotation(checkConsumers),
  'lift-fence': ofRotation(liftFence),
  'move-alias-back': ofRotation(moveAliasBack),
  'fence': ofRotation(fenceGenerations),
  'probe-fence': ofRotation(probeFence),
  'begin-pass': ofRotation(beginPass),
  'begin-census': ofRotation(beginCensus),
  'conclude-census': ofRotation(concludeCensus),
  'conclude-rotation': ofRotation(concludeRotation),
  'open-gate': { members: OF_RETIREMENT, perform: ({ family, run }, ports) => openGate(family, run, ports) },
  'close-gate': { members: OF_RETIREMENT, perform: ({ family, run }, ports) => closeGate(family, run, ports) },
};

/** The handler of the control function, for CloudFormation, the daily reconcile run and both state machines. */
export function controlFunction(ports: ControlPorts): (event: unknown, context: InvocationContext) => Promise<unknown> {
  const respondAboutKey = customResource(settledResource(orderedResource(rotatingKeyResource(ports), ports), ports.kms), ports);
  const settle = () => ports.kms.settle();
  const respondAboutRetirement = customResource(retirementEndResource(ports), ports);
  return async (event, context) => {
    if (!isCustomResourceEvent(event)) return performStep('control function', CONTROL_STEPS, event, ports, settle);
    return event.ResourceType === RETIREMENT_END_RESOURCE_TYPE ? respondAboutRetirement(event, context) : respondAboutKey(event, context);
  };
}

/** CloudFormation writes its own events, so only their kind is checked here. */
function isCustomResourceEvent(event: unknown): event is CustomResourceEvent {
  return typeof event === 'object' && event !== null && 'RequestType' in event;
}
