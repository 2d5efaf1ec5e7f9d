import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias } from '../../../src/contract/family/generation-tags';
import type { RetirementInput, RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { RetirementPorts } from '../retirement-ports';

/**
 * First step of a run that an operator has started to cancel a deletion. It reads the key only, because a family that
 * cannot be read must not prevent it.
 */
export async function beginCancellation(
  { alias }: FamilyDescription, run: string, { generation, keyId }: RetirementInput, { kms, log }: RetirementPorts,
): Promise<RetirementRun> {
  const name = keyId ?? generationAlias(alias, generation);
  const key = await kms.describeKey(name);
  if (key === undefined) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: name,
      what: 'no key of this account and Region has this name, so no deletion can be cancelled',
      given: keyId === undefined ? 'the alias of a generation' : 'a key id',
      remedy: 'if only the alias was deleted, start the run with the id of the key: '
        + '{"generation": 3, "cancelDeletion": true, "keyId": "..."}; a deleted key cannot be restored',
    });
  }
  const isPending = key.state === 'PendingDeletion';
  log.info('cancellation-requested', { family: alias, generation, keyArn: key.keyArn, keyState: key.state });
  return {
    run,
    generation: { generation, keyArn: key.keyArn },
    action: isPending
      ? { kind: 'cancel-deletion', reason: 'the input of this run requests it' }
      : { kind: 'wait', reason: 'its deletion is not pending, so there is nothing to cancel' },
    shards: [],
  };
}
