import { proveFitForUse } from './canary';
import type { ControlPorts } from './control-ports';
import { readOwnFamily } from './still-ours';
import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import { GenerationTag } from '../../src/contract/generation-tags';
import type { RotationRun } from '../../src/contract/rotation-run';
import { Failure } from '../runtime/failure';

/**
 * Lets the alias name the new generation, and looks again that it does.
 *
 * The alias never comes to a generation that has not encrypted a canary a moment before.
 */
export async function moveAlias(description: FamilyDescription, run: RotationRun, { kms, clock }: ControlPorts): Promise<RotationRun> {
  const { family, to } = await readOwnFamily(description, run, kms);
  await proveFitForUse(description, to, kms);
  if (family.current.keyId !== to.keyId) await kms.updateAlias(description.alias, to.keyId);
  const named = await kms.describeKey(description.alias);
  if (named?.keyId !== to.keyId) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: description.alias,
      what: 'alias was moved, and yet names another key',
      given: named?.keyArn ?? 'no key',
      allowed: to.keyArn,
      remedy: 'find out who else moves this alias (CloudTrail: UpdateAlias), then run the rotation again; nothing has been re-encrypted',
    });
  }
  if (to.phase === 'next') {
    await kms.tagKey(to.keyId, { [GenerationTag.PHASE]: 'current', [GenerationTag.CURRENT_SINCE]: clock.now().toISOString() });
  }
  return run;
}
