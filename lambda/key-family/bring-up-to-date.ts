import { isLive, type Generation } from './family';
import { generationPolicy } from './policy/generation-policy';
import { policyRevision } from './policy/policy-revision';
import { saySame } from './policy/same-policy';
import { readFamily } from './read-family';
import { retryWhilePropagating } from './retry-while-propagating';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../src/contract/family/generation-tags';
import type { Clock, KeyFamilyPort } from '../ports';

interface Ports {
  readonly kms: KeyFamilyPort;
  readonly clock: Clock;
}

/** Two minutes in all: longer than KMS takes to show what was written, and longer than a rotation needs between two of its writes. */
const ROUNDS = 12;
const LONGEST_WAIT_MS = 15_000;

/**
 * Brings what is declared to every live generation: owner, policy by phase, description, tags.
 *
 * It lists again and goes on until nothing is behind: a rotation may be making a generation, or fencing one, at the same time. The
 * alias stays where it is.
 */
export async function bringUpToDate(description: FamilyDescription, ports: Ports): Promise<void> {
  let behind: Generation[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { generations } = await readFamily(description.alias, ports.kms, round === 0 ? 'everywhere' : 'by-alias');
    const live = generations.filter(isLive);
    behind = await whichAreBehind(description, live, ports.kms);
    for (const generation of behind) {
      await retryWhilePropagating(generation.keyArn, ports.clock, async () => bring(description, generation, ports.kms));
    }
    // After the policy: that of another owner lets us write nothing else. KMS tells descriptions in an answer that nobody reads, so they are
    // written once each time.
    for (const { keyId, keyArn } of round === 0 ? live : behind) {
      await retryWhilePropagating(keyArn, ports.clock, async () => ports.kms.updateDescription(keyId, description.description));
    }
    if (behind.length === 0) return;
    if (round > 0) await ports.clock.sleep(Math.min(1000 * 2 ** round, LONGEST_WAIT_MS));
  }
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: behind.map(({ generation }) => generationAlias(description.alias, generation)).join(', '),
    what: 'policy or tags were written, and do not stay as they were written',
    remedy: 'find out who else writes them (CloudTrail: PutKeyPolicy, TagResource), then deploy again',
  });
}

/** Writes policy and tags of one generation. The revision comes last: it says that the policy is there. */
export async function bring(description: FamilyDescription, { keyId, phase }: Generation, kms: KeyFamilyPort): Promise<void> {
  await kms.putKeyPolicy(keyId, generationPolicy(description, phase));
  await kms.tagKey(keyId, {
    ...description.tags, [GenerationTag.OWNER]: description.owner, [GenerationTag.POLICY_REVISION]: policyRevision(description),
  });
}

/** Those whose tags say something else than what is declared, or whose policy says something else than their tags. */
export async function whichAreBehind(description: FamilyDescription, generations: readonly Generation[], kms: KeyFamilyPort): Promise<Generation[]> {
  const revision = policyRevision(description);
  const behind: Generation[] = [];
  for (const generation of generations) {
    const told = generation.policyRevision === revision && generation.owner === description.owner
      && Object.entries(description.tags).every(([name, value]) => generation.tags[name] === value);
    if (!told || !await standsUnderItsPolicy(description, generation, kms)) behind.push(generation);
  }
  return behind;
}

/** A policy that we may not even read is not the one that was declared. */
async function standsUnderItsPolicy(description: FamilyDescription, { keyId, phase }: Generation, kms: KeyFamilyPort): Promise<boolean> {
  try {
    return saySame(await kms.getKeyPolicy(keyId), generationPolicy(description, phase));
  } catch (error) {
    if (Failure.named(error, ErrorName.ACCESS_DENIED)) return false;
    throw error;
  }
}
