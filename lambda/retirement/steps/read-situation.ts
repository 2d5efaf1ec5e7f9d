import { ErrorName } from '../../../src/contract/error-names';
import { recountKey } from '../../../src/contract/evidence/certificate';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { findGeneration, type Family, type Generation } from '../../key-family/family';
import { readFamily } from '../../key-family/read-family';
import type { RetirementFacts } from '../retirement-facts';
import type { RetirementPorts } from '../retirement-ports';
import { readWatch } from '../watch/read-watch';

/** A generation, its family and the facts on which a decision about it depends. Every decision reads them again. */
export interface Situation {
  readonly family: Family;
  readonly generation: Generation;
  readonly facts: RetirementFacts;
}

export async function readSituation(description: FamilyDescription, number: number, ports: RetirementPorts): Promise<Situation> {
  const { family, situation } = await findSituation(description, number, ports);
  if (situation === undefined) throw noSuchGeneration(family, number);
  return situation;
}

/**
 * Like `readSituation`, but without a situation if the generation does not exist. After the pending window, KMS can
 * delete the key between any two calls.
 */
export async function findSituation(
  { alias }: FamilyDescription, number: number, ports: RetirementPorts, cancelDeletion = false,
): Promise<{ readonly family: Family; readonly situation?: Situation }> {
  const family = await readFamily(alias, ports.kms, 'by-alias');
  const generation = findGeneration(family, number);
  if (generation === undefined) return { family };
  try {
    return { family, situation: { family, generation, facts: await readFacts(alias, generation, ports, cancelDeletion) } };
  } catch (error) {
    if (generation.keyState === 'PendingDeletion' && await ports.kms.describeKey(generation.keyId) === undefined) return { family };
    throw error;
  }
}

async function readFacts(
  alias: string, generation: Generation, { kms, evidence, clock }: RetirementPorts, cancelDeletion: boolean,
): Promise<RetirementFacts> {
  const { keyId, keyState, certifiedSince, disabledSince, recountedAt } = generation;
  const pending = keyState === 'PendingDeletion';
  return {
    now: clock.now(),
    cancelDeletion,
    lastUsage: certifiedSince === undefined ? undefined : await kms.lastUsage(keyId),
    watch: await readWatch(keyId, disabledSince, evidence),
    recounted: pending && certifiedSince !== undefined && recountedAt !== undefined
      && await evidence.read(recountKey(alias, generation.generation, certifiedSince, recountedAt)) !== undefined,
    deletionDate: pending ? (await kms.describeKey(keyId))?.deletionDate : undefined,
  };
}

export function noSuchGeneration({ alias, generations }: Family, number: number): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'the generation does not exist',
    given: `generation ${number}`,
    allowed: generations.map(({ generation }) => generation).join(', '),
    remedy: 'start the run with the number of an existing generation; the retirement of a deleted one is complete',
  });
}
