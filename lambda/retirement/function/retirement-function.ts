import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementRequest } from '../../../src/contract/runs/function-steps';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { runId } from '../../../src/contract/runs/run-id';
import { familyDescription, namedFamily, retirementRun } from '../../runtime/decode-family';
import { anything, instant, plainObject, nonEmptyString } from '../../runtime/decode-value';
import { performStep, type StepTable } from '../../runtime/step-request';
import type { RetirementPorts } from '../retirement-ports';
import { beginRetirement } from '../steps/begin-retirement';
import { beginSoak } from '../steps/begin-soak';
import { cancelDeletion } from '../steps/cancel-deletion';
import { certify } from '../steps/certify';
import { beginCount, concludeCount } from '../steps/count';
import { endRetirement } from '../steps/end-retirement';
import { recordRecount } from '../steps/record-recount';
import { scheduleDeletion } from '../steps/schedule-deletion';
import { startOver } from '../steps/start-over';
import { probeWatch } from '../watch/probe-watch';
import { handleEach, readQueuedEvents } from '../watch/queued-events';
import { UseRecorder } from '../watch/record-use';

type RunStep = (family: FamilyDescription, run: RetirementRun, ports: RetirementPorts) => Promise<RetirementRun>;

const ofRun = (perform: RunStep) => ({
  members: { family: familyDescription, run: retirementRun },
  perform: ({ family, run }: { family: FamilyDescription; run: RetirementRun }, ports: RetirementPorts) => perform(family, run, ports),
});

/** The ports of the steps, and the recorder of the watch, which remembers what it has read and written. */
interface StepPorts extends RetirementPorts {
  readonly recorder: Pick<UseRecorder, 'record'>;
}

/** The steps of the retirement function: those of the retirement state machine, and the events of the watch. */
export const RETIREMENT_STEPS: StepTable<RetirementRequest, StepPorts> = {
  'decide': {
    // Only named: a cancellation must not depend on the rest. Every other run checks it before its first call.
    members: { family: namedFamily, execution: nonEmptyString, startedAt: instant, input: anything },
    perform: ({ family, execution, startedAt, input }, ports) => beginRetirement(family, runId(execution, startedAt), input, ports),
  },
  'begin-count': ofRun(beginCount),
  'conclude-count': ofRun(concludeCount),
  'certify': ofRun(certify),
  'begin-soak': ofRun(beginSoak),
  'probe-watch': ofRun(probeWatch),
  'schedule-deletion': ofRun(scheduleDeletion),
  'record-recount': ofRun(recordRecount),
  'start-over': ofRun(startOver),
  'cancel-deletion': { ...ofRun(cancelDeletion), members: { family: namedFamily, run: retirementRun } },
  'end-retirement': ofRun(endRetirement),
  'record-use': {
    members: { alias: nonEmptyString, roles: plainObject, detail: anything },
    perform: async ({ alias, roles, detail }, { recorder }) => {
      await recorder.record(alias, roles, detail);
      return {};
    },
  },
};

/** The handler of the retirement function, for its state machine and for the queue of the watch. */
export function retirementFunction(ports: RetirementPorts): (event: unknown) => Promise<object> {
  const stepPorts: StepPorts = { ...ports, recorder: new UseRecorder(ports) };
  const perform = (event: unknown) => performStep('retirement function', RETIREMENT_STEPS, event, stepPorts, () => ports.kms.settle());
  return async (event) => {
    const queued = readQueuedEvents(event);
    return queued === undefined ? perform(event) : handleEach(queued, perform);
  };
}
