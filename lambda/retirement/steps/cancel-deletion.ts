import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { takeReturnedKeyOver } from '../../key-family/return-to-service';
import { tagValue } from '../../key-family/tag-value';
import type { RetirementPorts } from '../retirement-ports';

/**
 * Cancels a deletion. The key stays disabled. If retirement disabled it, its soak starts again, so that the deletion is
 * not scheduled again on the next day. If the run is stopped between the two calls, the next run starts the soak again.
 */
export async function cancelDeletion(
  { alias }: FamilyDescription, run: RetirementRun, { kms, clock, log }: RetirementPorts,
): Promise<RetirementRun> {
  const { generation, keyArn } = run.generation;
  const key = await kms.describeKey(keyArn);
  if (key === undefined) {
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: `${generationAlias(alias, generation)} (${keyArn})`,
      what: 'the key of this generation is deleted, so its deletion can no longer be cancelled',
      remedy: 'restore data that is still encrypted under it, if any, from another copy',
    });
  }
  const pending = key.state === 'PendingDeletion';
  if (pending) await kms.cancelKeyDeletion(keyArn);
  const tags = await kms.listTags(keyArn);
  const isSet = (tag: GenerationTag) => tagValue(tags, tag) !== undefined;
  // If this step is late or repeated, the soak has already started again and continues.
  if (isSet(GenerationTag.RECOUNTED_AT) || (pending && isSet(GenerationTag.DISABLED_SINCE))) {
    await kms.tagKey(keyArn, { [GenerationTag.DISABLED_SINCE]: clock.now().toISOString(), [GenerationTag.RECOUNTED_AT]: '' });
  }
  if (pending) await takeReturnedKeyOver(alias, keyArn, kms);
  const { action } = run;
  const reason = action.kind === 'cancel-deletion' ? action.reason : undefined;
  log.warn('deletion-cancelled', { family: alias, generation, keyArn, reason });
  return run;
}
