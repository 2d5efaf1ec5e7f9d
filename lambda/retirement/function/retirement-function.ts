import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementRequest } from '../../../src/contract/runs/function-steps';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { anything, plainObject, nonEmptyString } from '../../runtime/decode-value';
import { performStep, type StepTable } from '../../runtime/step-request';
import type { RetirementPorts } from '../retirement-ports';
import { beginRetirement } from '../steps/begin-retirement';
import { beginSoak } from '../steps/begin-soak';
import { cancelDeletion } from '../steps/cancel-deletion';
import { certify } from '../steps/certify';
import { beginCount, concludeCount } from '../steps/count';
import { recordRecount } from '../steps/record-recount';
import { scheduleDeletion } from '../steps/schedule-deletion';
import { startOver } from '../steps/start-over';
import { makeEcho } from '../watch/echo';
import { recordUse } from '../watch/record-use';

type RunStep = (family: FamilyDescription, run: RetirementRun, ports: RetirementPorts) => Promise<RetirementRun>;

const ofRun = (perform: RunStep) => ({
  members: { family: plainObject, run: plainObject },
  perform: ({ family, run }: { family: FamilyDescription; run: RetirementRun }, ports: RetirementPorts) => perform(family, run, ports),
});

/** The steps of the retirement function: those of the retirement state machine, and the events of the watch. */
export const RETIREMENT_STEPS: StepTable<RetirementRequest, RetirementPorts> = {
  'decide': {
    members: { family: plainObject, execution: nonEmptyString, input: anything },
    perform: ({ family, execution, input }, ports) => beginRetirement(family, execution, input, ports),
  },
  'begin-count': ofRun(beginCount),
  'conclude-count': ofRun(concludeCount),
  'certify': ofRun(certify),
  'begin-soak': ofRun(beginSoak),
  'echo': ofRun(makeEcho),
  'schedule-deletion': ofRun(scheduleDeletion),
  'record-recount': ofRun(recordRecount),
  'start-over': ofRun(startOver),
  'cancel-deletion': ofRun(cancelDeletion),
  'record-use': {
    members: { alias: nonEmptyString, roles: plainObject, detail: anything },
    perform: async ({ alias, roles, detail }, ports) => {
      await recordUse(alias, roles, detail, ports);
      return {};
    },
  },
};

/** The handler of the retirement function. */
export function retirementFunction(ports: RetirementPorts): (event: unknown) => Promise<object> {
  return (event) => performStep('retirement function', RETIREMENT_STEPS, event, ports);
}
