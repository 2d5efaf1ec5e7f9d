import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { canaryContext } from '../../key-family/canary';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Generation } from '../../key-family/family';
import { oldGenerations, readOwnFamily, type RotationState } from '../run-ownership';

/** How often the fence is tried before the run gives up: five minutes in all, since the machine waits ten seconds in between. */
export const FENCE_PROBES = 30;

/**
 * Tries once whether every old generation refuses to encrypt, for whatever reason it does.
 *
 * Only what is counted after that moment counts.
 */
export async function probeFence(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family } = await readOwnFamily(state, ports);
  const old = oldGenerations(family, run);
  const probes = (run.fence?.probes ?? 0) + 1;
  for (const generation of old) {
    if (await ports.kms.tryEncrypt(generation.keyId, canaryContext(description)) !== 'encrypted') continue;
    if (probes >= FENCE_PROBES) throw stillEncrypts(description.alias, generation);
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
    what: 'fence does not hold: the old generation still encrypts after its key policy denies it',
    given: `${FENCE_PROBES} probes that encrypted`,
    allowed: 'a probe that is refused',
    remedy: 'compare GetKeyPolicy with the declared policy; somebody may be writing it at the same time. Nothing is lost: run the rotation again',
  });
}
