import { probeContext } from './probe-context';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { RetirementPorts } from '../retirement-ports';

/**
 * Sends the watch probe: a call of Encrypt that must fail, because of the fence or because the key is disabled. When
 * CloudTrail delivers the event of this call, that proves that the watch also receives the events of other principals'
 * failed calls.
 */
export async function probeWatch({ alias }: FamilyDescription, run: RetirementRun, { kms, log }: RetirementPorts): Promise<RetirementRun> {
  const { generation, keyArn } = run.generation;
  const where = generationAlias(alias, generation);
  const result = await kms.tryEncrypt(keyArn, probeContext(alias));
  if (result === 'encrypted') {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where,
      what: 'fence is not in force: the old generation still encrypts',
      remedy: 'compare GetKeyPolicy with the declared policy, and find the principal that writes it (CloudTrail: PutKeyPolicy); '
        + 'until then no generation is deleted',
    });
  }
  log.info('watch-probe-sent', { family: alias, generation, result });
  const { action } = run;
  // The probe was sent before this error: if its event arrives later, the next run finds it.
  if (action.kind === 'probe-watch' && action.noEventSince !== undefined) throw noEventReceived(where, action.noEventSince);
  return run;
}

function noEventReceived(where: string, since: string): Failure {
  return new Failure(ErrorName.VERIFICATION_FAILED, {
    where,
    what: 'watch receives no events of its own probes, so it would not detect other calls either; such days do not count as soak',
    given: `no event since ${since}`,
    allowed: 'the event of a probe every day',
    remedy: 'configure a CloudTrail trail of this account that logs read-only management events in this Region, including '
      + 'those of AWS KMS, and enable the EventBridge rule of the watch for all of them (ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS)',
  });
}
