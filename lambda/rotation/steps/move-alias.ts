import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { proveUsable } from '../../key-family/canary';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Family, Generation } from '../../key-family/family';
import type { KeyFamilyPort } from '../../ports';
import { refusePaused } from '../decide/paused';
import { readOwnFamily, type RotationState } from '../run-ownership';

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
  await proveUsable(description, to, kms);
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
