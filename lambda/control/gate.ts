import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { generationAlias, GenerationTag, type GenerationPhase } from '../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../src/contract/runs/retirement-run';
import { findGeneration, isEmptied, type Generation } from '../key-family/family';
import { generationPolicy } from '../key-family/policy/generation-policy';
import { saySame } from '../key-family/policy/same-policy';
import { readFamily } from '../key-family/read-family';
import type { KeyFamilyPort } from '../ports';

/** Lets the retirement role schedule the deletion of a generation, if everything that has to be proven about it has been. */
export async function openGate(family: FamilyDescription, run: RetirementRun, { kms }: { readonly kms: KeyFamilyPort }): Promise<RetirementRun> {
  const { generation, isCurrent } = await readGeneration(family, run, kms);
  const obstacle = whatKeepsTheGateClosed(generation, isCurrent, family);
  if (obstacle !== undefined) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: generationAlias(family.alias, generation.generation),
      what: 'gate before the deletion of this generation stays closed',
      given: obstacle,
      allowed: 'a generation that is fenced, emptied and certified, of a family that is not paused',
      remedy: 'nothing has changed; the next retirement run decides anew from the world as it is then',
    });
  }
  await standUnder('retiring', family, generation, kms);
  return run;
}

/** Takes that right back. A generation that has come back into use meanwhile stays as it is: to close a gate must not fence it. */
export async function closeGate(family: FamilyDescription, run: RetirementRun, { kms }: { readonly kms: KeyFamilyPort }): Promise<RetirementRun> {
  const { generation, isCurrent } = await readGeneration(family, run, kms);
  const isReplaced = generation.phase === 'retiring' || generation.phase === 'fenced';
  if (isReplaced && !isCurrent) await standUnder('fenced', family, generation, kms);
  return run;
}

/** Pure: a gate that opens by mistake is the only way to lose data. */
function whatKeepsTheGateClosed(generation: Generation, isCurrent: boolean, { paused }: FamilyDescription): string | undefined {
  const { phase, fencedSince, certifiedSince } = generation;
  if (paused) return 'paused: true';
  if (isCurrent) return 'the current generation';
  if ((phase !== 'fenced' && phase !== 'retiring') || fencedSince === undefined) return `a generation that is not fenced, its phase is ${phase}`;
  if (!isEmptied(generation)) return 'a generation that no rotation has found empty';
  return certifiedSince === undefined ? 'a generation without a certificate' : undefined;
}

async function readGeneration(
  { alias }: FamilyDescription, { generation: { generation: number, keyArn } }: RetirementRun, kms: KeyFamilyPort,
): Promise<{ generation: Generation; isCurrent: boolean }> {
  const family = await readFamily(alias, kms, 'by-alias');
  const generation = findGeneration(family, number);
  if (generation?.keyArn === keyArn) return { generation, isCurrent: family.current.keyId === generation.keyId };
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: generationAlias(alias, number),
    what: 'generation is not the key that the run has decided about',
    given: generation?.keyArn ?? 'no key',
    allowed: keyArn,
    remedy: 'nothing has changed; the next retirement run decides anew from the world as it is then',
  });
}

/** The policy first: a run that is stopped in between leaves a tag that the daily tick brings the policy back to. */
async function standUnder(phase: GenerationPhase, family: FamilyDescription, generation: Generation, kms: KeyFamilyPort): Promise<void> {
  const policy = generationPolicy(family, phase);
  if (!saySame(await kms.getKeyPolicy(generation.keyId), policy)) await kms.putKeyPolicy(generation.keyId, policy);
  // A key that is pending deletion takes no tags.
  if (generation.phase !== phase && generation.keyState !== 'PendingDeletion') await kms.tagKey(generation.keyId, { [GenerationTag.PHASE]: phase });
}
