import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { isEmptied } from '../../key-family/family';
import { oldGenerations, readOwnFamily, refuseMovedAlias, type RotationState } from '../run-ownership';

/**
 * Notes on every old generation that a census has found nothing under it.
 *
 * It disables nothing: when an old generation may go is decided by retirement, and only where `deletion` was declared.
 */
export async function concludeRotation(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  if (run.census?.verdict !== 'empty') {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: description.alias,
      what: 'no census has found the old generations empty',
      given: run.census === undefined ? 'no census' : `${run.census.underOldGeneration} records under old generations`,
      allowed: 'a census of zero',
      remedy: 'run the steps in their order',
    });
  }
  const { family, to } = await readOwnFamily(state, ports);
  refuseMovedAlias(family, to);
  for (const generation of oldGenerations(family, run)) {
    if (!isEmptied(generation)) await ports.kms.tagKey(generation.keyId, { [GenerationTag.EMPTIED_SINCE]: ports.clock.now().toISOString() });
  }
  return run;
}
