import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { proveUsable } from '../../key-family/canary';
import type { ControlPorts } from '../../key-family/control-ports';
import { findGeneration } from '../../key-family/family';
import { findObstacleToChange, notProven } from '../../key-family/proof/generation-proof';
import { readFamilyToChange, type RotationState } from '../run-ownership';

/**
 * Checks, with the permissions of the control role, that the new generation can encrypt and that the old
 * ones are Enabled.
 *
 * The worker checks its own permissions, because only its role can prove them.
 */
export async function preflightRotation(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readFamilyToChange(state, ports);
  await proveUsable(description, to, ports.kms);
  for (const { generation, keyArn } of run.from) {
    const old = findGeneration(family, generation);
    // The current generation is proven by the alias of the family. Of the others, the run changes the key policy.
    const isCurrent = old === undefined || old.keyId === family.current.keyId;
    const obstacle = isCurrent ? undefined : await findObstacleToChange(description, old, ports.kms);
    if (obstacle !== undefined) throw notProven(generationAlias(description.alias, generation), keyArn, obstacle);
    const keyState = old?.keyState;
    if (keyState === 'Enabled') continue;
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: generationAlias(description.alias, generation),
      what: 'old generation cannot decrypt, so its records cannot be re-encrypted',
      given: keyState ?? 'no key',
      allowed: 'Enabled',
      remedy: 'make the key usable (EnableKey, CancelKeyDeletion, or ImportKeyMaterial with the same key material), '
        + `then run the rotation again: ${keyArn}`,
    });
  }
  return run;
}
