import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { KeyDescription, Tags } from '../../ports';
import type { RetirementPorts } from '../retirement-ports';

/** What is not true any more, once something was found to depend on a generation. Not emptied: the next rotation run re-encrypts and counts. */
const NOTHING_PROVEN: Tags = {
  [GenerationTag.EMPTIED_SINCE]: '',
  [GenerationTag.CERTIFIED_SINCE]: '',
  [GenerationTag.DISABLED_SINCE]: '',
  [GenerationTag.RECOUNTED_AT]: '',
};

/**
 * Makes a generation usable again, then withdraws what was proven about it.
 *
 * In this order: as long as the proof stands, every run finds the same reason to start over, so that a stop in between is made good by
 * the next one. All of it may be done at any time: it only gives back.
 */
export async function startOver({ alias }: FamilyDescription, run: RetirementRun, { kms, log }: RetirementPorts): Promise<RetirementRun> {
  const { generation, keyArn } = run.generation;
  const where = generationAlias(alias, generation);
  const state = (await kms.describeKey(keyArn))?.state;
  if (state === 'PendingDeletion') await kms.cancelKeyDeletion(keyArn);
  if (state === 'PendingDeletion' || state === 'Disabled') await kms.enableKey(keyArn);
  requireEnabled(where, await kms.describeKey(keyArn));
  await kms.tagKey(keyArn, NOTHING_PROVEN);
  log.warn('retirement-started-over', { family: alias, generation, reason: reasonOf(run) });
  return run;
}

function requireEnabled(where: string, key: KeyDescription | undefined): void {
  if (key?.state === 'Enabled') return;
  throw new Failure(ErrorName.KEY_NOT_READY, {
    where,
    what: 'generation is needed again, and cannot be used',
    given: key?.state ?? 'no key',
    allowed: 'Enabled',
    remedy: key?.state === 'PendingImport' ? 'import its key material again; the next retirement run goes on' : 'the next retirement run tries again',
  });
}

function reasonOf({ action, count }: RetirementRun): string {
  if (action.kind === 'start-over') return action.reason;
  return `${count?.underOldGeneration ?? 'unknown'} records were found under it`;
}
