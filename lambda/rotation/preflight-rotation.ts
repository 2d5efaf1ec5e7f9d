import { proveFitForUse } from './canary';
import type { ControlPorts } from './control-ports';
import { readOwnFamily } from './still-ours';
import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import { generationAlias } from '../../src/contract/generation-tags';
import type { RotationRun } from '../../src/contract/rotation-run';
import { findGeneration } from '../key-family/family';
import { Failure } from '../runtime/failure';

/**
 * What the control role can prove before anything moves: the new generation encrypts, the old ones can be read.
 *
 * The worker proves its own side itself: permissions are tried by whoever needs them.
 */
export async function preflightRotation(description: FamilyDescription, run: RotationRun, { kms }: ControlPorts): Promise<RotationRun> {
  const { family, to } = await readOwnFamily(description, run, kms);
  await proveFitForUse(description, to, kms);
  for (const { generation, keyArn } of run.from) {
    const state = findGeneration(family, generation)?.keyState;
    if (state === 'Enabled') continue;
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: generationAlias(description.alias, generation),
      what: 'old generation cannot be read, so nothing can be moved from it',
      given: state ?? 'no key',
      allowed: 'Enabled',
      remedy: `bring it back (EnableKey, CancelKeyDeletion, or import its material again) and run the rotation again: ${keyArn}`,
    });
  }
  return run;
}
