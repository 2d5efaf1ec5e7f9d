import { isLive, type Generation } from './family';
import { generationPolicy } from './policy/generation-policy';
import { policyRevision } from './policy/policy-revision';
import { isSamePolicy } from './policy/same-policy';
import { readFamily } from './read-family';
import { retryWhilePropagating } from './retry-while-propagating';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../src/contract/family/generation-tags';
import type { Clock } from '../ports/clock';
import type { KeyFamilyPort } from '../ports/key-family';

interface Ports {
  readonly kms: KeyFamilyPort;
  readonly clock: Clock;
}

/** Two minutes in total: longer than KMS needs to show a write, and longer than a rotation needs between two writes. */
const MAX_ROUNDS = 12;
const MAX_WAIT_MS = 15_000;

/**
 * Writes owner, key policy by phase, description and tags, as declared, to every live generation.
 *
 * It reads the family again until no generation has drifted, because a rotation may create or fence a generation at the
 * same time. It does not move the alias.
 */
export async function updateGenerations(description: FamilyDescription, ports: Ports): Promise<void> {
  let drifted: Generation[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { generations } = await readFamily(description.alias, ports.kms, round === 0 ? 'everywhere' : 'by-alias');
    const live = generations.filter(isLive);
    drifted = await findDrifted(description, live, ports.kms);
    for (const generation of drifted) {
      await retryWhilePropagating(generation.keyArn, ports.clock, async () => applyDescription(description, generation, ports.kms));
    }
    // After the policy, because the key policy of another owner allows this role no other write. The current
    // description is not read: DescribeKey returns it, but the port leaves it out. It is written once per update.
    for (const { keyId, keyArn } of round === 0 ? live : drifted) {
      await retryWhilePropagating(keyArn, ports.clock, async () => ports.kms.updateDescription(keyId, description.description));
    }
    if (drifted.length === 0) return;
    if (round > 0) await ports.clock.sleep(Math.min(1000 * 2 ** round, MAX_WAIT_MS));
  }
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: drifted.map(({ generation }) => generationAlias(description.alias, generation)).join(', '),
    what: 'policy or tags still differ from what was written',
    remedy: 'find the principal that changes them (CloudTrail: PutKeyPolicy, TagResource), then deploy again',
  });
}

/** Writes the policy and tags of one generation. The revision is written last, because it records the policy. */
export async function applyDescription(description: FamilyDescription, { keyId, phase }: Generation, kms: KeyFamilyPort): Promise<void> {
  await kms.putKeyPolicy(keyId, generationPolicy(description, phase));
  await kms.tagKey(keyId, {
    ...description.tags, [GenerationTag.OWNER]: description.owner, [GenerationTag.POLICY_REVISION]: policyRevision(description),
  });
}

/** Generations whose tags differ from the declaration, or whose policy differs from their tags. */
export async function findDrifted(
  description: FamilyDescription, generations: readonly Generation[], kms: KeyFamilyPort,
): Promise<Generation[]> {
  const revision = policyRevision(description);
  const drifted: Generation[] = [];
  for (const generation of generations) {
    const hasDeclaredTags = generation.policyRevision === revision && generation.owner === description.owner
      && Object.entries(description.tags).every(([name, value]) => generation.tags[name] === value);
    if (!hasDeclaredTags || !await hasDeclaredPolicy(description, generation, kms)) drifted.push(generation);
  }
  return drifted;
}

/** False if this role may not read the policy: the declared policy allows it. */
async function hasDeclaredPolicy(description: FamilyDescription, { keyId, phase }: Generation, kms: KeyFamilyPort): Promise<boolean> {
  try {
    return isSamePolicy(await kms.getKeyPolicy(keyId), generationPolicy(description, phase));
  } catch (error) {
    if (Failure.named(error, ErrorName.ACCESS_DENIED)) return false;
    throw error;
  }
}
