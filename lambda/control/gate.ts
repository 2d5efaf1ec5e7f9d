import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { generationAlias, GenerationTag, type GenerationPhase } from '../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../src/contract/runs/retirement-run';
import { isOutdated } from '../key-family/description-revision';
import { findGeneration, isEmptied, type Generation } from '../key-family/family';
import { writePolicy } from '../key-family/policy/write-policy';
import { findObstacleToRetire } from '../key-family/proof/generation-proof';
import { readFamily } from '../key-family/read-family';
import type { Clock } from '../ports/clock';
import type { KeyFamilyPort } from '../ports/key-family';
import type { Log } from '../runtime/log';

/** The ports of both steps. */
interface GatePorts {
  readonly kms: KeyFamilyPort;
  readonly clock: Clock;
  readonly log: Log;
}

/** Allows the retirement role to schedule the deletion of a generation, if every required proof about it exists. */
export async function openGate(
  family: FamilyDescription, run: RetirementRun, ports: GatePorts,
): Promise<RetirementRun> {
  const { generation, isCurrent } = await readGeneration(family, run, ports.kms);
  const obstacle = findObstacle(generation, isCurrent, family) ?? await findUnproven(generation, family, ports);
  if (obstacle !== undefined) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: generationAlias(family.alias, generation.generation),
      what: 'gate of this generation stays closed, so its deletion stays denied',
      given: obstacle,
      allowed: 'a generation that is fenced, emptied and certified, of a family that is not paused',
      remedy: 'nothing has changed; the next retirement run reads the family again and decides',
    });
  }
  await setPhase('retiring', family, generation, ports);
  return run;
}

/**
 * Revokes that permission. A generation that was put back into use since then is not changed, because closing a gate
 * must not fence it.
 */
export async function closeGate(
  family: FamilyDescription, run: RetirementRun, ports: GatePorts,
): Promise<RetirementRun> {
  const { generation, isCurrent } = await readGeneration(family, run, ports.kms);
  const isReplaced = generation.phase === 'retiring' || generation.phase === 'fenced';
  if (isReplaced && !isCurrent) await setPhase('fenced', family, generation, ports);
  return run;
}

/** Pure. **A gate that opens by mistake is the only way to lose data.** */
function findObstacle(generation: Generation, isCurrent: boolean, { paused }: FamilyDescription): string | undefined {
  const { phase, fencedSince, certifiedSince } = generation;
  if (paused) return 'paused: true';
  if (isCurrent) return 'the current generation';
  if ((phase !== 'fenced' && phase !== 'retiring') || fencedSince === undefined) {
    return `a generation that is not fenced, its phase is ${phase}`;
  }
  if (!isEmptied(generation)) return 'a generation that no rotation has found empty';
  return certifiedSince === undefined ? 'a generation without a certificate' : undefined;
}

/** Tags are no proof: the key must have the attributes of a generation, and the policy of its phase. */
async function findUnproven(generation: Generation, family: FamilyDescription, { kms, clock }: GatePorts): Promise<string | undefined> {
  if (isOutdated(family, [generation], clock.now())) return 'a description that is older than the last deployment';
  const obstacle = await findObstacleToRetire(family, generation, kms);
  return obstacle === undefined ? undefined : `${obstacle.what} (${obstacle.given})`;
}

async function readGeneration(
  { alias }: FamilyDescription, { generation: { generation: number, keyArn } }: RetirementRun, kms: KeyFamilyPort,
): Promise<{ generation: Generation; isCurrent: boolean }> {
  const family = await readFamily(alias, kms);
  const generation = findGeneration(family, number);
  if (generation?.keyArn === keyArn) return { generation, isCurrent: family.current.keyId === generation.keyId };
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: generationAlias(alias, number),
    what: 'generation is not the key of this run',
    given: generation?.keyArn ?? 'no key',
    allowed: keyArn,
    remedy: 'nothing has changed; the next retirement run reads the family again and decides',
  });
}

/** Writes the policy before the tag. If it is stopped in between, a reconcile run restores the policy of the tag. */
async function setPhase(phase: GenerationPhase, family: FamilyDescription, generation: Generation, ports: GatePorts): Promise<void> {
  await writePolicy(family, generation, phase, ports);
  // KMS refuses tags for a key that is pending deletion.
  if (generation.phase === phase || generation.keyState === 'PendingDeletion') return;
  await ports.kms.tagKey(generation.keyId, { [GenerationTag.PHASE]: phase });
}
