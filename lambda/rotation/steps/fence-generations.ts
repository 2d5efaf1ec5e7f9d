import { refuseEncryption, refuseGrants } from './refuse-dependents';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { proveUsable } from '../../key-family/canary';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Generation } from '../../key-family/family';
import { writePolicy } from '../../key-family/policy/write-policy';
import type { KeyFamilyPort } from '../../ports/key-family';
import { oldGenerations, readFamilyToChange, refuseMovedAlias, type RotationState } from '../run-ownership';

/**
 * Denies every principal the actions that encrypt under the old generations. `probeFence` checks whether the
 * denial has propagated.
 *
 * The current generation must encrypt a canary first, so that applications can still encrypt.
 */
export async function fenceGenerations(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readFamilyToChange(state, ports);
  refuseMovedAlias(family, to);
  await proveUsable(description, to, ports.kms);
  const old = oldGenerations(family, run);
  for (const generation of old) await refuseUnfenceable(description.alias, generation, ports.kms);
  await refuseEncryption(description, old, run.movedAt ?? ports.clock.now().toISOString(), ports);
  for (const generation of old) {
    await writePolicy(description, generation, 'fenced', ports);
    if (generation.phase !== 'fenced') await ports.kms.tagKey(generation.keyId, { [GenerationTag.PHASE]: 'fenced' });
  }
  return { ...run, fence: { held: false, probes: 0 } };
}

/** Checked for all generations before the first one is fenced. */
async function refuseUnfenceable(alias: string, old: Generation, kms: KeyFamilyPort): Promise<void> {
  const { generation, keyArn, keyState } = old;
  if (keyState === 'PendingDeletion') {
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: generationAlias(alias, generation),
      what: 'old generation is pending deletion, and no census has found it empty',
      given: keyState,
      allowed: 'Enabled',
      remedy: `cancel the deletion now (CancelKeyDeletion, EnableKey), then run the rotation again: ${keyArn}`,
    });
  }
  await refuseGrants(alias, old, kms);
}
