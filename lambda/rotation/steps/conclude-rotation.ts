import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { isEmptied } from '../../key-family/family';
import { oldGenerations, readFamilyToChange, refuseMovedAlias, type RotationState } from '../run-ownership';

/**
 * Tags every old generation as emptied: a census has found no record under it.
 *
 * It does not disable a key. Retirement does that later, and only if `deletion` is declared.
 */
export async function concludeRotation(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  if (run.census?.verdict !== 'empty') {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: description.alias,
      what: 'no census has found the old generations empty',
      given: run.census === undefined ? 'no census' : `${run.census.underOldGeneration} records under old generations`,
      allowed: 'a census that found 0 records',
      remedy: 'run the steps in order',
    });
  }
  const { family, to } = await readFamilyToChange(state, ports);
  refuseMovedAlias(family, to);
  for (const generation of oldGenerations(family, run)) {
    if (isEmptied(generation)) continue;
    await ports.kms.tagKey(generation.keyId, { [GenerationTag.EMPTIED_SINCE]: ports.clock.now().toISOString() });
  }
  return run;
}
