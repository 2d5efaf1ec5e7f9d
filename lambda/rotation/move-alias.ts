import { proveFitForUse } from './canary';
import type { ControlPorts } from './control-ports';
import { refusePaused } from './paused';
import { readOwnFamily, type RotationState } from './still-ours';
import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import { GenerationTag } from '../../src/contract/generation-tags';
import type { RotationRun } from '../../src/contract/rotation-run';
import type { Family, Generation } from '../key-family/family';
import type { KeyFamilyPort } from '../ports';
import { Failure } from '../runtime/failure';

/** Lets the alias name the new generation, and notes since when. */
export async function moveAlias(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  refusePaused(description, run.kind);
  const { family, to } = await readOwnFamily(state, ports);
  const now = ports.clock.now().toISOString();
  await pointAlias(description, family, to, ports.kms);
  if (to.phase === 'next') await ports.kms.tagKey(to.keyId, { [GenerationTag.PHASE]: 'current', [GenerationTag.CURRENT_SINCE]: now });
  // Asked a second time, the key itself tells when the alias came to it.
  const since = to.phase === 'current' ? to.currentSince : undefined;
  return { ...run, movedAt: run.movedAt ?? since ?? now };
}

/**
 * Lets the alias name a generation, and looks again that it does.
 *
 * The alias never comes to a generation that has not encrypted a canary a moment before.
 */
export async function pointAlias(description: FamilyDescription, family: Family, to: Generation, kms: KeyFamilyPort): Promise<void> {
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
}
