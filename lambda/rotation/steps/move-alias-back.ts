import { pointAlias } from './move-alias';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Family, Generation } from '../../key-family/family';
import { findObstacleToChange, notProven } from '../../key-family/proof/generation-proof';
import { rolledBackValue } from '../../key-family/rolled-back';
import type { KeyFamilyPort } from '../../ports/key-family';
import { oldGenerations, readFamilyOfRun, type RotationState } from '../run-ownership';

/**
 * The generation to which the alias can move back: the newest older one that was current when the alias moved. It may
 * be fenced since then; the fence is lifted first.
 *
 * Undefined for a rollback: an operator has started it, and its target is an older generation.
 */
export function findPreviousGeneration(family: Family, run: RotationRun): Generation | undefined {
  const wasCurrent = ({ phase, fencedSince }: Generation) => phase === 'current'
    || (phase === 'fenced' && (fencedSince === undefined || Date.parse(fencedSince) >= Date.parse(run.movedAt ?? '')));
  return oldGenerations(family, run)
    .filter((old) => old.generation < run.toGeneration && old.keyState === 'Enabled' && wasCurrent(old))
    .at(-1);
}

/** Marks the target of a run: only an operator or a deployment rotates to it again. */
export async function markRolledBack(
  description: FamilyDescription, { movedAt = '' }: RotationRun, to: Generation, kms: KeyFamilyPort,
): Promise<void> {
  await kms.tagKey(to.keyId, { [GenerationTag.ROLLED_BACK]: rolledBackValue(to, description, movedAt) });
}

/**
 * Undoes `moveAlias`: consumers use the generation again that worked for them. Records that were written since then are
 * under the generation that is marked as rolled back, and stay readable: it is neither fenced nor retired.
 */
export async function moveAliasBack(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readFamilyOfRun(state, ports);
  const old = findPreviousGeneration(family, run);
  if (old?.phase !== 'current') {
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: generationAlias(description.alias, to.generation),
      what: 'KMS calls of consumers fail, and the alias cannot move back to an older generation',
      given: run.from.length === 0 ? 'no older generation' : 'older generations that are fenced or not Enabled',
      allowed: 'an Enabled generation that is not fenced',
      remedy: 'start the rotation with { "rollBackTo": <generation number> }: a rollback restores any generation that is not deleted',
    });
  }
  const obstacle = await findObstacleToChange(description, old, ports.kms);
  if (obstacle !== undefined) throw notProven(generationAlias(description.alias, old.generation), old.keyArn, obstacle);
  // Before the alias moves: if this step is stopped, no reconcile run moves it forward again.
  await markRolledBack(description, run, to, ports.kms);
  await pointAlias(description, family, old, ports.kms);
  if (to.phase === 'current') await ports.kms.tagKey(to.keyId, { [GenerationTag.PHASE]: 'next' });
  ports.log.warn('alias-moved-back', { family: description.alias, from: to.generation, to: old.generation, run: run.run });
  return run;
}
