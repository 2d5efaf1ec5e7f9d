import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { proveUsable } from '../../key-family/canary';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Generation } from '../../key-family/family';
import { generationPolicy } from '../../key-family/policy/generation-policy';
import { isSamePolicy } from '../../key-family/policy/same-policy';
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
  const policy = generationPolicy(description, 'fenced');
  for (const { keyId, phase } of old) {
    if (!isSamePolicy(await ports.kms.getKeyPolicy(keyId), policy)) await ports.kms.putKeyPolicy(keyId, policy);
    if (phase !== 'fenced') await ports.kms.tagKey(keyId, { [GenerationTag.PHASE]: 'fenced' });
  }
  return { ...run, fence: { held: false, probes: 0 } };
}

/** Checked for all generations before the first one is fenced. */
async function refuseUnfenceable(alias: string, { generation, keyId, keyArn, keyState }: Generation, kms: KeyFamilyPort): Promise<void> {
  if (keyState === 'PendingDeletion') {
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: generationAlias(alias, generation),
      what: 'old generation is pending deletion, and no census has found it empty',
      given: keyState,
      allowed: 'Enabled',
      remedy: `cancel the deletion now (CancelKeyDeletion, EnableKey), then run the rotation again: ${keyArn}`,
    });
  }
  // An explicit Deny also applies to grantees: an AWS service that uses the key through a grant would fail, and this
  // run would not notice.
  const grantees = await kms.listGrantees(keyId);
  if (grantees.length === 0) return;
  throw new Failure(ErrorName.GRANTS_HELD, {
    where: generationAlias(alias, generation),
    what: 'a principal holds a grant on the old generation',
    given: grantees.join(', '),
    allowed: 'no grant',
    remedy: 'find and re-encrypt the data that these principals protect with the key, revoke the grants, then run the rotation again',
  });
}
