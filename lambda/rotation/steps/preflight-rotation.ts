import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { proveUsable } from '../../key-family/canary';
import type { ControlPorts } from '../../key-family/control-ports';
import { findGeneration } from '../../key-family/family';
import { readOwnFamily, type RotationState } from '../run-ownership';

/**
 * What the control role can prove before anything moves: the new generation encrypts, the old ones can be read.
 *
 * The worker proves its own side itself: permissions are tried by whoever needs them.
 */
export async function preflightRotation(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readOwnFamily(state, ports);
  await proveUsable(description, to, ports.kms);
  for (const { generation, keyArn } of run.from) {
    const keyState = findGeneration(family, generation)?.keyState;
    if (keyState === 'Enabled') continue;
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: generationAlias(description.alias, generation),
      what: 'old generation cannot be read, so nothing can be moved from it',
      given: keyState ?? 'no key',
      allowed: 'Enabled',
      remedy: `bring it back (EnableKey, CancelKeyDeletion, or import its material again) and run the rotation again: ${keyArn}`,
    });
  }
  return run;
}
