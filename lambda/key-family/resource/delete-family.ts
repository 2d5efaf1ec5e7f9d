import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import { PENDING_WINDOW_DAYS } from '../../../src/contract/limits';
import type { Clock } from '../../ports/clock';
import type { KeyUsage } from '../../ports/key-family';
import { DEPLOYMENT_RUN, isLive, type FamilyRegister, type Generation } from '../family';
import { writePolicy } from '../policy/write-policy';
import { readRegister, type FamilySources } from '../read-family';

interface Ports extends FamilySources {
  readonly clock: Clock;
}

/** A deployment that failed is undone within this time. A key that is older may have been used since. */
const UNDONE_WITHIN_MS = 24 * 3_600_000;

/**
 * Retains every generation with its aliases and its policy, so applications can still use it, and schedules the
 * deletion of the keys that no alias of the family ever named.
 *
 * KMS shows a use up to an hour late, so it cannot prove that a generation was never used, and its deletion cannot be
 * undone. If another owner has adopted any generation of the family, nothing is changed.
 */
export async function deleteFamily(family: FamilyDescription, ports: Ports): Promise<void> {
  await removeFamily(family, () => false, ports);
}

/**
 * Undoes a creation that did not finish: the alias of the family does not exist. The deletion of the key that it has
 * created is scheduled, with the longest window. Every other generation is retained.
 */
export async function deleteUnfinishedFamily(family: FamilyDescription, ports: Ports): Promise<void> {
  await removeFamily(family, (generation, usage) => isUnfinished(generation, usage, ports.clock.now()), ports);
}

async function removeFamily(
  family: FamilyDescription, mayBeDeleted: (generation: Generation, usage: KeyUsage | undefined) => boolean, ports: Ports,
): Promise<void> {
  const { alias, owner } = family;
  const register = await readRegister(alias, ports);
  const live = register.generations.filter(isLive);
  const foreign = live.find((generation) => generation.owner !== owner);
  if (foreign !== undefined) return ports.log.info('family-has-other-owner', { alias, owner: foreign.owner });

  for (const generation of live) {
    const isCurrent = generation.keyId === register.current?.keyId;
    const fields = { generation: generationAlias(alias, generation.generation), keyArn: generation.keyArn, isCurrent };
    if (!isCurrent && mayBeDeleted(generation, await ports.kms.lastUsage(generation.keyId))) {
      await deleteGeneration(family, generation, ports);
      ports.log.info('unfinished-generation-deletion-scheduled', fields);
    } else {
      ports.log.warn('generation-retained', fields);
    }
  }
  for (const generation of register.generations.filter((each) => !isLive(each) && each.owner === owner)) {
    // An earlier attempt was stopped before it deleted the alias.
    if (!mayBeDeleted(generation, await ports.kms.lastUsage(generation.keyId))) continue;
    await ports.kms.deleteAlias(generationAlias(alias, generation.generation));
  }
  await deleteUnclaimedKeys(family, register, ports);
}

/**
 * Pure: whether a generation is certainly one that a failed deployment has just created, and that no application knows.
 *
 * The tag of the time since when it is current is written before the alias of the family. Without it, no alias has ever
 * named the key as the current one. A step that was stopped may have fenced it already.
 */
export function isUnfinished(
  { run, phase, currentSince, createdAt, tags }: Pick<Generation, 'run' | 'phase' | 'currentSince' | 'createdAt' | 'tags'>,
  usage: KeyUsage | undefined, now: Date,
): boolean {
  return tags[GenerationTag.ORIGIN] === 'created' && run === DEPLOYMENT_RUN && phase !== 'current' && currentSince === undefined
    && usage === undefined && now.getTime() - createdAt.getTime() < UNDONE_WITHIN_MS;
}

/**
 * Schedules the deletion before it deletes the alias: a key without its alias would not be found again. It is safe to
 * repeat.
 */
async function deleteGeneration(
  family: FamilyDescription, { keyId, keyArn, generation }: Generation, ports: Ports,
): Promise<void> {
  const { kms, clock } = ports;
  // Tagged while KMS still allows it. If the family is created again under this alias, no rotation
  // counts this generation.
  await writePolicy(family, { keyId, keyArn }, 'fenced', ports);
  await kms.tagKey(keyId, { [GenerationTag.PHASE]: 'fenced', [GenerationTag.EMPTIED_SINCE]: clock.now().toISOString() });
  await kms.scheduleKeyDeletion(keyId, PENDING_WINDOW_DAYS.max);
  await kms.deleteAlias(generationAlias(family.alias, generation));
}

/** Schedules the deletion of unclaimed and orphaned keys, because no reconcile run will find them from now on. */
async function deleteUnclaimedKeys(
  { owner }: FamilyDescription, { unclaimed, orphans }: FamilyRegister, { kms, log }: Ports,
): Promise<void> {
  for (const key of [...unclaimed, ...orphans]) {
    if (key.owner !== owner || await kms.lastUsage(key.keyId) !== undefined) continue;
    await kms.scheduleKeyDeletion(key.keyId, PENDING_WINDOW_DAYS.max);
    log.info('unclaimed-key-deletion-scheduled', { keyArn: key.keyArn });
  }
}
