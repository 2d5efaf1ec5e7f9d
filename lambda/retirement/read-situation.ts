import { readWatch } from './read-watch';
import type { RetirementFacts } from './retirement-facts';
import type { RetirementPorts } from './retirement-ports';
import { recountKey } from '../../src/contract/certificate';
import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import { findGeneration, type Family, type Generation } from '../key-family/family';
import { readFamily } from '../key-family/read-family';
import { Failure } from '../runtime/failure';

/** A generation in its family, and all that a decision about it rests on: read anew by everybody who decides. */
export interface Situation {
  readonly family: Family;
  readonly generation: Generation;
  readonly facts: RetirementFacts;
}

export async function readSituation(
  { alias }: FamilyDescription, number: number, { kms, evidence, clock }: RetirementPorts, cancelDeletion = false,
): Promise<Situation> {
  const family = await readFamily(alias, kms, 'by-alias');
  const generation = findGeneration(family, number);
  if (generation === undefined) throw noSuchGeneration(family, number);
  const { keyId, keyState, certifiedSince, disabledSince, recountedAt } = generation;
  const pending = keyState === 'PendingDeletion';
  return {
    family,
    generation,
    facts: {
      now: clock.now(),
      cancelDeletion,
      lastUsage: certifiedSince === undefined ? undefined : await kms.lastUsage(keyId),
      watch: await readWatch(keyId, disabledSince, evidence),
      recounted: pending && certifiedSince !== undefined && recountedAt !== undefined
        && await evidence.read(recountKey(alias, number, certifiedSince, recountedAt)) !== undefined,
      deletionDate: pending ? (await kms.describeKey(keyId))?.deletionDate : undefined,
    },
  };
}

function noSuchGeneration({ alias, generations }: Family, number: number): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'there is no such generation',
    given: `generation ${number}`,
    allowed: generations.map(({ generation }) => generation).join(', '),
    remedy: 'start with the number of a generation that there is; a deleted one is retired already',
  });
}
