import { pointAlias } from './move-alias';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Family, Generation } from '../../key-family/family';
import { oldGenerations, readFamilyInHand, type RotationState } from '../run-ownership';

/**
 * Where the alias came from, and may go back to: the newest older generation that has not been fenced yet.
 *
 * A roll-back has no such way: it goes to an older generation itself, and somebody has decided that it should.
 */
export function wayBack(family: Family, run: RotationRun): Generation | undefined {
  return oldGenerations(family, run)
    .filter(({ generation, phase, keyState }) => generation < run.toGeneration && phase === 'current' && keyState === 'Enabled')
    .at(-1);
}

/** Undoes `moveAlias`, as long as nothing has been fenced: consumers find the generation that worked for them. The next run tries again. */
export async function moveAliasBack(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readFamilyInHand(state, ports);
  const old = wayBack(family, run);
  if (old === undefined) {
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: generationAlias(description.alias, to.generation),
      what: 'consumers are in trouble, and no older generation is left that the alias could go back to',
      given: run.from.length === 0 ? 'no older generation' : 'older generations that are fenced or not Enabled',
      allowed: 'an Enabled generation that has not been fenced',
      remedy: 'start the rotation with { "rollBackTo": the number of a generation }: that brings one back from any state before its deletion',
    });
  }
  await pointAlias(description, family, old, ports.kms);
  if (to.phase === 'current') await ports.kms.tagKey(to.keyId, { [GenerationTag.PHASE]: 'next' });
  ports.log.warn('alias-moved-back', { family: description.alias, from: to.generation, to: old.generation, run: run.run });
  return run;
}
