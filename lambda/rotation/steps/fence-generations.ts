import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { proveUsable } from '../../key-family/canary';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Generation } from '../../key-family/family';
import { generationPolicy } from '../../key-family/policy/generation-policy';
import { isSamePolicy } from '../../key-family/policy/same-policy';
import type { KeyFamilyPort } from '../../ports';
import { oldGenerations, readOwnFamily, refuseMovedAlias, type RotationState } from '../run-ownership';

/**
 * Takes from everybody the right to make anything new under the old generations. Whether KMS refuses by now, `probeFence` finds out.
 *
 * The generation that the alias names has encrypted a canary a moment before: somebody must go on working.
 */
export async function fenceGenerations(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readOwnFamily(state, ports);
  refuseMovedAlias(family, to);
  await proveUsable(description, to, ports.kms);
  const old = oldGenerations(family, run);
  for (const generation of old) await refuseUnfenceable(description.alias, generation, ports.kms);
  const policy = generationPolicy(description, 'fenced');
  for (const { keyId, phase } of old) {
    if (!isSamePolicy(await ports.kms.getKeyPolicy(keyId), policy)) await ports.kms.putKeyPolicy(keyId, policy);
    if (phase !== 'fenced') await ports.kms.tagKey(keyId, { [GenerationTag.PHASE]: 'fenced' });
  }
  return { ...run, fence: { held: false, probes: 0 } };
}

/** Looked for in all generations before the first is fenced. */
async function refuseUnfenceable(alias: string, { generation, keyId, keyArn, keyState }: Generation, kms: KeyFamilyPort): Promise<void> {
  if (keyState === 'PendingDeletion') {
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: generationAlias(alias, generation),
      what: 'deletion of a generation is scheduled that no census has found empty',
      given: keyState,
      allowed: 'Enabled',
      remedy: `cancel it at once (CancelKeyDeletion, EnableKey) and run the rotation again: ${keyArn}`,
    });
  }
  // An explicit Deny stops a grantee too, and a service that relies on its grant would fail without a word.
  const grantees = await kms.listGrantees(keyId);
  if (grantees.length === 0) return;
  throw new Failure(ErrorName.GRANTS_HELD, {
    where: generationAlias(alias, generation),
    what: 'somebody holds a grant on the old generation',
    given: grantees.join(', '),
    allowed: 'no grant',
    remedy: 'find out what stands under the key for them, move it, then revoke the grant and run the rotation again',
  });
}
