import { refuseDependents } from './refuse-dependents';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { proveUsable } from '../../key-family/canary';
import type { ControlPorts } from '../../key-family/control-ports';
import { isNew, type Family, type Generation } from '../../key-family/family';
import { findObstacleToMove, notProven } from '../../key-family/proof/generation-proof';
import type { KeyFamilyPort } from '../../ports/key-family';
import { refusePaused } from '../decide/paused';
import { oldGenerations, readFamilyToChange, type RotationState } from '../run-ownership';

/** Moves the alias to the new generation, and records the time. */
export async function moveAlias(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  refusePaused(description, run.kind);
  const { family, to } = await readFamilyToChange(state, ports);
  // A rollback must not be delayed. The same is checked before its fence.
  if (run.kind === 'rotate' && to.phase === 'next') await refuseDependents(description.alias, oldGenerations(family, run), ports.kms);
  const now = ports.clock.now().toISOString();
  const obstacle = await findObstacleToMove(description, to, run.kind === 'rotate' && isNew(to), ports.kms);
  if (obstacle !== undefined) throw notProven(generationAlias(description.alias, to.generation), to.keyArn, obstacle);
  await pointAlias(description, family, to, ports.kms);
  if (to.phase === 'next') await ports.kms.tagKey(to.keyId, { [GenerationTag.PHASE]: 'current', [GenerationTag.CURRENT_SINCE]: now });
  // A repeated step takes the time of the first move from the tags of the key.
  const since = to.phase === 'current' ? to.currentSince : undefined;
  return { ...run, movedAt: run.movedAt ?? since ?? now };
}

/**
 * Moves the alias to a generation, and verifies that it names it.
 *
 * The generation must encrypt a canary first.
 */
export async function pointAlias(description: FamilyDescription, family: Family, to: Generation, kms: KeyFamilyPort): Promise<void> {
  await proveUsable(description, to, kms);
  if (family.current.keyId !== to.keyId) await kms.updateAlias(description.alias, to.keyId);
  const named = await kms.describeKey(description.alias);
  if (named?.keyId !== to.keyId) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: description.alias,
      what: 'alias was moved, but names another key',
      given: named?.keyArn ?? 'no key',
      allowed: to.keyArn,
      remedy: 'find the principal that moves this alias (CloudTrail: UpdateAlias), then run the rotation again; '
        + 'no record has been re-encrypted',
    });
  }
}
