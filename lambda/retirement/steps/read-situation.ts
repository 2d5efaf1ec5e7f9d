import { ErrorName } from '../../../src/contract/error-names';
import type { Certificate } from '../../../src/contract/evidence/certificate';
import { certificateKey } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { findUncountedStores } from '../../declared-stores/declared-stores';
import { findGeneration, type Family, type Generation } from '../../key-family/family';
import { readFamily } from '../../key-family/read-family';
import { certifies } from '../evidence/hash-certificate';
import { readRecount } from '../evidence/read-recount';
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
  description: FamilyDescription, number: number, ports: RetirementPorts, onlyReversals = false,
): Promise<{ readonly family: Family; readonly situation?: Situation }> {
  const family = await readFamily(description.alias, ports.kms);
  const generation = findGeneration(family, number);
  if (generation === undefined) return { family };
  try {
    return { family, situation: { family, generation, facts: await readFacts(description, generation, ports, onlyReversals) } };
  } catch (error) {
    if (generation.keyState === 'PendingDeletion' && await ports.kms.describeKey(generation.keyId) === undefined) return { family };
    throw error;
  }
}

async function readFacts(
  description: FamilyDescription, generation: Generation, { kms, evidence, clock }: RetirementPorts, onlyReversals: boolean,
): Promise<RetirementFacts> {
  const { alias } = description;
  const { keyId, keyState, certifiedSince, disabledSince } = generation;
  const pending = keyState === 'PendingDeletion';
  // A run that was stopped after DisableKey has not recorded when the soak began.
  const watchedSince = keyState === 'Disabled' ? disabledSince ?? certifiedSince : disabledSince;
  return {
    now: clock.now(),
    onlyReversals,
    certificate: await readCertificate(alias, generation, evidence),
    uncountedStores: await findUncountedStores(description, evidence),
    lastUsage: certifiedSince === undefined ? undefined : await kms.lastUsage(keyId),
    watch: await readWatch(keyId, watchedSince, evidence),
    recount: pending ? await readRecount(description, generation, evidence) : undefined,
    deletionDate: pending ? (await kms.describeKey(keyId))?.deletionDate : undefined,
  };
}

/** After a takeover with another evidence bucket no certificate exists, so the generation is certified again. */
async function readCertificate(
  alias: string, generation: Generation, evidence: RetirementPorts['evidence'],
): Promise<RetirementFacts['certificate']> {
  if (generation.certifiedSince === undefined) return 'missing';
  const certificate = await evidence.read<Certificate>(certificateKey(alias, generation.generation, generation.certifiedSince));
  if (certificate === undefined) return 'missing';
  return certifies(certificate, generation) ? 'valid' : 'changed';
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
