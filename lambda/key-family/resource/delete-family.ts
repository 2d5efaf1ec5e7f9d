import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import { PENDING_WINDOW_DAYS } from '../../../src/contract/limits';
import type { Clock } from '../../ports/clock';
import type { KeyFamilyPort, KeyUsage } from '../../ports/key-family';
import type { Log } from '../../runtime/log';
import { DEPLOYMENT_RUN, isLive, type FamilyRegister, type Generation } from '../family';
import { generationPolicy } from '../policy/generation-policy';
import { readRegister } from '../read-family';

interface Ports {
  readonly kms: KeyFamilyPort;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Schedules the deletion of the keys that the family created and that were never used, and changes nothing else.
 *
 * Retained generations keep their aliases and policies, so applications can still use them. If another owner has
 * adopted any generation of the family, nothing is changed.
 */
export async function deleteFamily(family: FamilyDescription, ports: Ports): Promise<void> {
  const { alias, owner } = family;
  const register = await readRegister(alias, ports.kms);
  const live = register.generations.filter(isLive);
  const foreign = live.find((generation) => generation.owner !== owner);
  if (foreign !== undefined) return ports.log.info('family-has-other-owner', { alias, owner: foreign.owner });

  for (const generation of live) {
    const isCurrent = generation.keyId === register.current?.keyId;
    const fields = { generation: generationAlias(alias, generation.generation), keyArn: generation.keyArn, isCurrent };
    if (isNeverUsed(generation, isCurrent, await ports.kms.lastUsage(generation.keyId))) {
      await deleteGeneration(family, generation, isCurrent, ports);
      ports.log.info('unused-generation-deletion-scheduled', fields);
    } else {
      ports.log.warn('generation-retained', fields);
    }
  }
  await deleteUnclaimedKeys(family, register, ports);
}

/**
 * Pure: whether it is certain that no application has used a generation. If it is not certain, it counts as used.
 *
 * Our own canary is a use as well. A generation that was never current must have no use at all. A generation that a
 * deployment created is tagged with a time between its canary and the creation of its alias, so a use that KMS dates
 * later is not the canary. If KMS does not show the canary yet, it may not show another use yet either.
 */
export function isNeverUsed(
  { run, currentSince, tags }: Pick<Generation, 'run' | 'currentSince' | 'tags'>, isCurrent: boolean, usage: KeyUsage | undefined,
): boolean {
  if (tags[GenerationTag.ORIGIN] === 'adopted') return false;
  if (currentSince === undefined) return !isCurrent && usage === undefined;
  return run === DEPLOYMENT_RUN && usage?.operation === 'Encrypt' && usage.at.getTime() <= Date.parse(currentSince);
}

/** Deletes the aliases before the key, so that no alias names a key that is pending deletion. It is safe to repeat. */
async function deleteGeneration(
  family: FamilyDescription, { keyId, generation }: Generation, isCurrent: boolean, { kms, clock }: Ports,
): Promise<void> {
  // Tagged while KMS still allows it. If the family is created again under this alias, no rotation
  // counts this generation.
  await kms.putKeyPolicy(keyId, generationPolicy(family, 'fenced'));
  await kms.tagKey(keyId, { [GenerationTag.PHASE]: 'fenced', [GenerationTag.EMPTIED_SINCE]: clock.now().toISOString() });
  if (isCurrent) await kms.deleteAlias(family.alias);
  await kms.deleteAlias(generationAlias(family.alias, generation));
  await kms.scheduleKeyDeletion(keyId, PENDING_WINDOW_DAYS.max);
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
