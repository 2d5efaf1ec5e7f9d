import { pointAlias } from './move-alias';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Family, Generation } from '../../key-family/family';
import { oldGenerations, readFamilyOfRun, type RotationState } from '../run-ownership';

/**
 * The generation to which the alias can move back: the newest older one that is not fenced yet.
 *
 * Undefined for a rollback: an operator has started it, and its target is an older generation.
 */
export function findPreviousGeneration(family: Family, run: RotationRun): Generation | undefined {
  return oldGenerations(family, run)
    .filter(({ generation, phase, keyState }) => generation < run.toGeneration && phase === 'current' && keyState === 'Enabled')
    .at(-1);
}

/**
 * Undoes `moveAlias`, if no generation is fenced yet: consumers use the generation again that worked for them. The next
 * run moves the alias again.
 */
export async function moveAliasBack(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readFamilyOfRun(state, ports);
  const old = findPreviousGeneration(family, run);
  if (old === undefined) {
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: generationAlias(description.alias, to.generation),
      what: 'KMS calls of consumers fail, and the alias cannot move back to an older generation',
      given: run.from.length === 0 ? 'no older generation' : 'older generations that are fenced or not Enabled',
      allowed: 'an Enabled generation that is not fenced',
      remedy: 'start the rotation with { "rollBackTo": <generation number> }: a rollback restores any generation that is not deleted',
    });
  }
  await pointAlias(description, family, old, ports.kms);
  if (to.phase === 'current') await ports.kms.tagKey(to.keyId, { [GenerationTag.PHASE]: 'next' });
  ports.log.warn('alias-moved-back', { family: description.alias, from: to.generation, to: old.generation, run: run.run });
  return run;
}
