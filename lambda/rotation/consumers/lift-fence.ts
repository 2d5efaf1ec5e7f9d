import { GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { writePolicy } from '../../key-family/policy/write-policy';
import { readFamilyOfRun, type RotationState } from '../run-ownership';
import { findPreviousGeneration, markRolledBack } from '../steps/move-alias-back';

/**
 * Removes the fence of the generation to which the alias moves back: a principal fails that did not fail before. If
 * the step is stopped, the next run finds the same failure and lifts the fence again.
 */
export async function liftFence(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readFamilyOfRun(state, ports);
  await markRolledBack(description, run, to, ports.kms);
  const previous = findPreviousGeneration(family, run);
  if (previous === undefined) return run;
  await writePolicy(description, previous, 'current', ports);
  await ports.kms.tagKey(previous.keyId, { [GenerationTag.PHASE]: 'current', [GenerationTag.FENCED_SINCE]: '' });
  ports.log.warn('fence-lifted', { family: description.alias, generation: previous.generation, run: run.run });
  const { fence: _, ...unfenced } = run;
  return unfenced;
}
