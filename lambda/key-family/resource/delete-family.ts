import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import { PENDING_WINDOW_DAYS } from '../../../src/contract/limits';
import type { Clock, KeyFamilyPort, KeyUsage } from '../../ports';
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
 * Schedules the deletion of what the family made and nobody ever used, and leaves everything else as it is.
 *
 * Applications may go on with what is left: its aliases stay, and so do its policies. If somebody else owns a part of the family by now,
 * nothing is touched.
 */
export async function deleteFamily(family: FamilyDescription, ports: Ports): Promise<void> {
  const { alias, owner } = family;
  const register = await readRegister(alias, ports.kms);
  const live = register.generations.filter(isLive);
  const foreign = live.find((generation) => generation.owner !== owner);
  if (foreign !== undefined) return ports.log.info('family-belongs-to-another', { alias, owner: foreign.owner });

  for (const generation of live) {
    const isCurrent = generation.keyId === register.current?.keyId;
    const said = { generation: generationAlias(alias, generation.generation), keyArn: generation.keyArn, isCurrent };
    if (isNeverUsed(generation, isCurrent, await ports.kms.lastUsage(generation.keyId))) {
      await takeAway(family, generation, isCurrent, ports);
      ports.log.info('unused-generation-scheduled-for-deletion', said);
    } else {
      ports.log.warn('generation-retained', said);
    }
  }
  await takeAwayUnclaimed(family, register, ports);
}

/**
 * Pure: whether nobody can have used a generation. In doubt somebody has.
 *
 * Our own canary is a use, too. A generation that the alias never came to has no use at all, or is kept. The one that a deployment has
 * made bears the time between its canary and its alias: a use that KMS dates later is somebody else's, and one may be on its way to be
 * seen as long as KMS does not show the canary itself.
 */
export function isNeverUsed(
  { run, currentSince, tags }: Pick<Generation, 'run' | 'currentSince' | 'tags'>, isCurrent: boolean, usage: KeyUsage | undefined,
): boolean {
  if (tags[GenerationTag.ORIGIN] === 'adopted') return false;
  if (currentSince === undefined) return !isCurrent && usage === undefined;
  return run === DEPLOYMENT_RUN && usage?.operation === 'Encrypt' && usage.at.getTime() <= Date.parse(currentSince);
}

/** Aliases go before the key, so that none of them ever names a key that nobody can use. It may be stopped anywhere, and asked again. */
async function takeAway(family: FamilyDescription, { keyId, generation }: Generation, isCurrent: boolean, { kms, clock }: Ports): Promise<void> {
  // Said while KMS still takes tags: should the family be made again under this alias, there is nothing to be done about this generation.
  await kms.putKeyPolicy(keyId, generationPolicy(family, 'fenced'));
  await kms.tagKey(keyId, { [GenerationTag.PHASE]: 'fenced', [GenerationTag.EMPTIED_SINCE]: clock.now().toISOString() });
  if (isCurrent) await kms.deleteAlias(family.alias);
  await kms.deleteAlias(generationAlias(family.alias, generation));
  await kms.scheduleKeyDeletion(keyId, PENDING_WINDOW_DAYS.max);
}

/** Keys that were made in vain. The tick would have found them, and there is none any more. */
async function takeAwayUnclaimed({ owner }: FamilyDescription, { unclaimed, orphans }: FamilyRegister, { kms, log }: Ports): Promise<void> {
  for (const key of [...unclaimed, ...orphans]) {
    if (key.owner !== owner || await kms.lastUsage(key.keyId) !== undefined) continue;
    await kms.scheduleKeyDeletion(key.keyId, PENDING_WINDOW_DAYS.max);
    log.info('unclaimed-key-scheduled-for-deletion', { keyArn: key.keyArn });
  }
}
