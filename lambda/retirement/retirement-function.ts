import { beginRetirement } from './begin-retirement';
import { beginSoak } from './begin-soak';
import { cancelDeletion } from './cancel-deletion';
import { certify } from './certify';
import { beginCount, concludeCount } from './count';
import { makeEcho } from './echo';
import { noteRecount } from './note-recount';
import { noteUse } from './note-use';
import type { RetirementPorts } from './retirement-ports';
import { decodeRetirementRequest } from './retirement-request';
import { scheduleDeletion } from './schedule-deletion';
import { startOver } from './start-over';
import type { FamilyDescription } from '../../src/contract/family-description';
import type { RetirementRequest, RetirementStep } from '../../src/contract/function-steps';
import type { RetirementRun } from '../../src/contract/retirement-run';
import { tellSafely } from '../runtime/tell-safely';

type Perform = (family: FamilyDescription, run: RetirementRun, ports: RetirementPorts) => Promise<RetirementRun>;

/** The steps of a retirement run. Each may be asked twice, late, or after having been stopped anywhere. */
const STEPS: { readonly [step in RetirementStep]: Perform } = {
  'begin-count': beginCount,
  'conclude-count': concludeCount,
  'certify': certify,
  'begin-soak': beginSoak,
  'echo': makeEcho,
  'schedule-deletion': scheduleDeletion,
  'note-recount': noteRecount,
  'start-over': startOver,
  'cancel-deletion': cancelDeletion,
};

/** The handler of the retirement function: the steps of the retirement machine, and the events of the watch. */
export function retirementFunction(ports: RetirementPorts): (event: unknown) => Promise<unknown> {
  return async (event) => {
    try {
      return await perform(decodeRetirementRequest(event), ports);
    } catch (error) {
      throw tellSafely(error, ports.log);
    }
  };
}

async function perform(request: RetirementRequest, ports: RetirementPorts): Promise<RetirementRun | Record<string, never>> {
  switch (request.step) {
    case 'decide': return beginRetirement(request.family, request.execution, request.input, ports);
    case 'note-use':
      await noteUse(request.alias, request.roles, request.detail, ports);
      return {};
    default: return STEPS[request.step](request.family, request.run, ports);
  }
}
