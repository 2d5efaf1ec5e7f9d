import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { KeyDescription, Tags } from '../../ports/keys';
import type { RetirementPorts } from '../retirement-ports';

/**
 * Tags that are no longer true if a generation is still in use. Without `emptied-since`, the next rotation run
 * re-encrypts and counts again.
 */
const CLEARED_TAGS: Tags = {
  [GenerationTag.EMPTIED_SINCE]: '',
  [GenerationTag.CERTIFIED_SINCE]: '',
  [GenerationTag.DISABLED_SINCE]: '',
  [GenerationTag.RECOUNTED_AT]: '',
};

/**
 * Enables a generation, and cancels its deletion if one is pending. Then clears the tags that record its proofs.
 *
 * The order matters: as long as the tags exist, every run finds the same reason to start over. If the run is
 * stopped between the calls, the next run completes them. The step is safe at any time, because it only makes a
 * key usable again.
 */
export async function startOver({ alias }: FamilyDescription, run: RetirementRun, { kms, log }: RetirementPorts): Promise<RetirementRun> {
  const { generation, keyArn } = run.generation;
  const where = generationAlias(alias, generation);
  const state = (await kms.describeKey(keyArn))?.state;
  if (state === 'PendingDeletion') await kms.cancelKeyDeletion(keyArn);
  if (state === 'PendingDeletion' || state === 'Disabled') await kms.enableKey(keyArn);
  requireEnabled(where, await kms.describeKey(keyArn));
  await kms.tagKey(keyArn, CLEARED_TAGS);
  log.warn('retirement-started-over', { family: alias, generation, reason: reasonOf(run) });
  return run;
}

function requireEnabled(where: string, key: KeyDescription | undefined): void {
  if (key?.state === 'Enabled') return;
  throw new Failure(ErrorName.KEY_NOT_READY, {
    where,
    what: 'generation is still in use, but its key cannot be enabled',
    given: key?.state ?? 'no key',
    allowed: 'Enabled',
    remedy: key?.state === 'PendingImport'
      ? 'import its key material again; the next retirement run continues'
      : 'the next retirement run tries again',
  });
}

function reasonOf({ action, count }: RetirementRun): string {
  if (action.kind === 'start-over') return action.reason;
  return `${count?.underOldGeneration ?? 'unknown'} records are encrypted under it`;
}
