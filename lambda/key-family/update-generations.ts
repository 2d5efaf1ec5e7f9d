import { descriptionTag, lacksRevision } from './description-revision';
import { isLive, type Family, type Generation } from './family';
import { generationPolicy } from './policy/generation-policy';
import { comparePolicies, type PolicyComparison } from './policy/policy-comparison';
import { policyRevision } from './policy/policy-revision';
import { writePolicy } from './policy/write-policy';
import { findObstacleToChange, type Obstacle } from './proof/generation-proof';
import { readFamily, readFamilyToRepair, tryRepair, type FamilySources } from './read-family';
import { retryWhilePropagating } from './retry-while-propagating';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../src/contract/family/generation-tags';
import type { Clock } from '../ports/clock';
import type { KeyFamilyPort } from '../ports/key-family';

interface Ports extends Pick<FamilySources, 'kms' | 'log'> {
  readonly clock: Clock;
}

/** A generation that differs from the declaration, and that nothing proves to be one: nothing of it may be changed. */
export interface UnprovenGeneration {
  readonly generation: Generation;
  readonly obstacle: Obstacle;
}

/** Generations that differ from the declaration. */
export interface Drift {
  readonly drifted: readonly Generation[];
  readonly unproven: readonly UnprovenGeneration[];
}

/** Two minutes in total: longer than KMS needs to show a write, and longer than a rotation needs between two writes. */
const MAX_ROUNDS = 12;
const MAX_WAIT_MS = 15_000;

/**
 * Writes owner, key policy by phase, description and tags, as declared, to every generation.
 *
 * It reads the family again until no generation has drifted, because a rotation may create or fence a generation at the
 * same time. Only then it records the description, from which other functions know that theirs is older. It does not
 * move the alias. A generation that is pending deletion gets its key policy only: KMS refuses its tags.
 *
 * @param mustExist principals that this deployment has just declared: without them it fails
 */
export async function updateGenerations(
  description: FamilyDescription, ports: Ports & FamilySources, mustExist: readonly string[] = [],
): Promise<void> {
  const { kms, clock } = ports;
  let drifted: readonly Generation[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { family, repairs } = round === 0
      ? await readFamilyToRepair(description.alias, ports) : { family: await readFamily(description.alias, kms), repairs: [] };
    const drift = await proveDrifted(description, family, await findDrifted(description, family.generations, kms, round > 0), kms);
    if (round === 0) reportUnproven(description, drift, ports);
    drifted = drift.drifted;
    await forAll(drifted, async (generation) =>
      retryWhilePropagating(generation.keyArn, clock, async () => applyDescription(description, generation, ports, mustExist)));
    // After the policy, because the key policy of another owner allows this role no other write. The current
    // description is not read: DescribeKey returns it, but the port leaves it out. It is written once per update.
    const unproven = new Set(drift.unproven.map(({ generation }) => generation.keyId));
    for (const repair of repairs) {
      const outcome = await tryRepair(description.alias, repair, ports, async (attempt) =>
        retryWhilePropagating(description.alias, clock, attempt));
      if (outcome === 'refused') unproven.add(repair.keyId);
    }
    const proven = family.generations.filter((generation) => isLive(generation) && !unproven.has(generation.keyId));
    for (const { keyId, keyArn } of round === 0 ? proven : drifted.filter(isLive)) {
      await retryWhilePropagating(keyArn, clock, async () => kms.updateDescription(keyId, description.description));
    }
    if (drifted.length === 0) return recordDescription(description, proven, ports);
    if (round > 0) await clock.sleep(Math.min(1000 * 2 ** round, MAX_WAIT_MS));
  }
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: drifted.map(({ generation }) => generationAlias(description.alias, generation)).join(', '),
    what: 'policy or tags still differ from what was written',
    remedy: 'find the principal that changes them (CloudTrail: PutKeyPolicy, TagResource), then deploy again',
  });
}

/**
 * Together: KMS needs minutes until it enforces a policy, for several keys as long as for one. All are finished when it
 * returns, also if one has failed.
 */
async function forAll<T>(items: readonly T[], perform: (item: T) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(items.map(perform));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Records on live generations which description they have. */
export async function recordDescription(
  description: FamilyDescription, generations: readonly Generation[], { kms, clock }: Pick<Ports, 'kms' | 'clock'>,
): Promise<void> {
  const tag = descriptionTag(description, clock.now());
  for (const generation of generations) {
    if (!isLive(generation) || !lacksRevision(description, generation)) continue;
    await kms.tagKey(generation.keyId, { [GenerationTag.DESCRIPTION]: tag });
  }
}

function reportUnproven({ alias }: FamilyDescription, { unproven }: Drift, { log }: Ports): void {
  for (const { generation: { generation, keyArn }, obstacle } of unproven) {
    log.error('generation-not-proven', { alias, generation, keyArn, reason: obstacle.what });
  }
}

/** Writes the policy and tags of one generation. The revision is written last, because it records the policy. */
export async function applyDescription(
  description: FamilyDescription, generation: Generation, ports: Ports, mustExist: readonly string[] = [],
): Promise<void> {
  await writePolicy(description, generation, generation.phase, ports, mustExist);
  if (!isLive(generation)) return;
  await ports.kms.tagKey(generation.keyId, {
    ...description.tags, [GenerationTag.OWNER]: description.owner, [GenerationTag.POLICY_REVISION]: policyRevision(description),
  });
}

/**
 * Generations whose tags differ from the declaration, or whose policy differs from their tags.
 *
 * `tolerateReduced`: a policy from which principals that KMS does not know are left out counts as the declared one.
 */
export async function findDrifted(
  description: FamilyDescription, generations: readonly Generation[], kms: KeyFamilyPort, tolerateReduced = false,
): Promise<Generation[]> {
  const revision = policyRevision(description);
  const drifted: Generation[] = [];
  for (const generation of generations) {
    const hasDeclaredTags = !isLive(generation) || (generation.policyRevision === revision && generation.owner === description.owner
      && Object.entries(description.tags).every(([name, value]) => generation.tags[name] === value));
    const { verdict } = hasDeclaredTags ? await readPolicyDifference(description, generation, kms) : { verdict: 'different' };
    if (verdict === 'different' || (verdict === 'reduced' && !tolerateReduced)) drifted.push(generation);
  }
  return drifted;
}

/** The current generation is proven by the alias of the family: the gate of every generation protects it. */
export async function proveDrifted(
  description: FamilyDescription, { current }: Pick<Family, 'current'>, generations: readonly Generation[], kms: KeyFamilyPort,
): Promise<Drift> {
  const drifted: Generation[] = [];
  const unproven: UnprovenGeneration[] = [];
  for (const generation of generations) {
    const obstacle = generation.keyId === current.keyId ? undefined : await findObstacleToChange(description, generation, kms);
    if (obstacle === undefined) drifted.push(generation);
    else unproven.push({ generation, obstacle });
  }
  return { drifted, unproven };
}

/** Different if this role may not read the policy: the declared policy allows it. */
async function readPolicyDifference(
  description: FamilyDescription, { keyId, phase }: Generation, kms: KeyFamilyPort,
): Promise<Pick<PolicyComparison, 'verdict'>> {
  try {
    return comparePolicies(await kms.getKeyPolicy(keyId), generationPolicy(description, phase), description.roles);
  } catch (error) {
    if (Failure.named(error, ErrorName.ACCESS_DENIED)) return { verdict: 'different' };
    throw error;
  }
}
