import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { tagValue } from '../../key-family/tag-value';
import type { RetirementPorts } from '../retirement-ports';

/**
 * Takes a deletion back. The key stays disabled, and if retirement had disabled it, its soak begins anew: nobody who has a deletion
 * cancelled wants it scheduled again tomorrow. A run that is stopped in between leaves a generation whose soak begins anew, too.
 */
export async function cancelDeletion({ alias }: FamilyDescription, run: RetirementRun, { kms, clock, log }: RetirementPorts): Promise<RetirementRun> {
  const { generation, keyArn } = run.generation;
  const key = await kms.describeKey(keyArn);
  if (key === undefined) {
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: generationAlias(alias, generation),
      what: 'generation is gone: its deletion cannot be cancelled any more',
      remedy: 'restore what stands under it from elsewhere, if anything does',
    });
  }
  const tags = await kms.listTags(keyArn);
  const isSet = (tag: GenerationTag) => tagValue(tags, tag) !== undefined;
  const pending = key.state === 'PendingDeletion';
  if (pending) await kms.cancelKeyDeletion(keyArn);
  // Late, or asked twice: a soak that has begun anew goes on.
  if (isSet(GenerationTag.RECOUNTED_AT) || (pending && isSet(GenerationTag.DISABLED_SINCE))) {
    await kms.tagKey(keyArn, { [GenerationTag.DISABLED_SINCE]: clock.now().toISOString(), [GenerationTag.RECOUNTED_AT]: '' });
  }
  const { action } = run;
  log.warn('deletion-cancelled', { family: alias, generation, reason: action.kind === 'cancel-deletion' ? action.reason : undefined });
  return run;
}
