import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { canaryContext } from '../../key-family/canary';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Generation } from '../../key-family/family';
import { oldGenerations, readFamilyToChange, type RotationState } from '../run-ownership';

/**
 * Maximum number of probes before the run fails: ten minutes, because the state machine waits ten seconds after each.
 * KMS may apply a key policy after five.
 */
export const MAX_FENCE_PROBES = 60;

/**
 * Calls Encrypt once with every old generation. The fence is in force if every call fails, with any error.
 *
 * A census is proof only if it begins while the fence is in force.
 */
export async function probeFence(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family } = await readFamilyToChange(state, ports);
  const old = oldGenerations(family, run);
  const probes = (run.fence?.probes ?? 0) + 1;
  for (const generation of old) {
    if (await ports.kms.tryEncrypt(generation.keyId, canaryContext(description)) !== 'encrypted') continue;
    if (probes >= MAX_FENCE_PROBES) throw stillEncrypts(description.alias, generation);
    return { ...run, fence: { held: false, probes } };
  }
  const fencedAt = ports.clock.now().toISOString();
  for (const { keyId, fencedSince } of old) {
    if (fencedSince === undefined) await ports.kms.tagKey(keyId, { [GenerationTag.FENCED_SINCE]: fencedAt });
  }
  return { ...run, fence: { held: true, probes, fencedAt } };
}

function stillEncrypts(alias: string, { generation }: Generation): Failure {
  return new Failure(ErrorName.VERIFICATION_FAILED, {
    where: generationAlias(alias, generation),
    what: 'fence is not in force: the old generation still encrypts, although its key policy denies it',
    given: `${MAX_FENCE_PROBES} successful Encrypt calls`,
    allowed: 'an Encrypt call that fails',
    remedy: 'compare the key policy (GetKeyPolicy) with the declared one, find the principal that changes it (CloudTrail: PutKeyPolicy), '
      + 'then run the rotation again; every record can still be decrypted',
  });
}
