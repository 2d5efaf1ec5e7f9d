import type { RetirementPorts } from '../retirement-ports';
import { decodeRetirementRequest } from './retirement-request';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementRequest, RetirementStep } from '../../../src/contract/runs/function-steps';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { reportFailure } from '../../runtime/report-failure';
import { beginRetirement } from '../steps/begin-retirement';
import { beginSoak } from '../steps/begin-soak';
import { cancelDeletion } from '../steps/cancel-deletion';
import { certify } from '../steps/certify';
import { beginCount, concludeCount } from '../steps/count';
import { recordRecount } from '../steps/record-recount';
import { scheduleDeletion } from '../steps/schedule-deletion';
import { startOver } from '../steps/start-over';
import { probeWatch } from '../watch/probe-watch';
import { recordUse } from '../watch/record-use';

type Perform = (family: FamilyDescription, run: RetirementRun, ports: RetirementPorts) => Promise<RetirementRun>;

/** The steps of a retirement run. Each may be asked twice, late, or after having been stopped anywhere. */
const STEPS: { readonly [step in RetirementStep]: Perform } = {
  'begin-count': beginCount,
  'conclude-count': concludeCount,
  'certify': certify,
  'begin-soak': beginSoak,
  'probe-watch': probeWatch,
  'schedule-deletion': scheduleDeletion,
  'record-recount': recordRecount,
  'start-over': startOver,
  'cancel-deletion': cancelDeletion,
};

/** The handler of the retirement function: the steps of the retirement machine, and the events of the watch. */
export function retirementFunction(ports: RetirementPorts): (event: unknown) => Promise<unknown> {
  return async (event) => {
    try {
      return await perform(decodeRetirementRequest(event), ports);
    } catch (error) {
      throw reportFailure(error, ports.log);
    }
  };
}

async function perform(request: RetirementRequest, ports: RetirementPorts): Promise<RetirementRun | Record<string, never>> {
  switch (request.step) {
    case 'decide': return beginRetirement(request.family, request.execution, request.input, ports);
    case 'record-use':
      await recordUse(request.alias, request.roles, request.detail, ports);
      return {};
    default: return STEPS[request.step](request.family, request.run, ports);
  }
}
