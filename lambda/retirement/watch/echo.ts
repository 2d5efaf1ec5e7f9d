import { echoContext } from './echo-context';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { RetirementPorts } from '../retirement-ports';

/**
 * Makes the call that must fail: refused by the fence, or since the key is disabled. Its event, when it comes, proves that the watch
 * would have heard anybody else.
 */
export async function makeEcho({ alias }: FamilyDescription, run: RetirementRun, { kms, log }: RetirementPorts): Promise<RetirementRun> {
  const { generation, keyArn } = run.generation;
  const where = generationAlias(alias, generation);
  const answer = await kms.tryEncrypt(keyArn, echoContext(alias));
  if (answer === 'encrypted') {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where,
      what: 'fence does not hold: a generation that was replaced still encrypts',
      remedy: 'compare GetKeyPolicy with the declared policy, and find out who writes it (CloudTrail: PutKeyPolicy); nothing is deleted meanwhile',
    });
  }
  log.info('echo-made', { family: alias, generation, answer });
  const { action } = run;
  if (action.kind === 'echo' && action.unheardSince !== undefined) throw nobodyHears(where, action.unheardSince);
  return run;
}

/** The echo was made all the same: when its event comes at last, the next run finds it. */
function nobodyHears(where: string, since: string): Failure {
  return new Failure(ErrorName.VERIFICATION_FAILED, {
    where,
    what: 'no echo of our own calls has been heard, so that nobody else\'s would be; such days are no soak',
    given: `silence since ${since}`,
    allowed: 'an echo every day',
    remedy: 'a CloudTrail trail of this account has to log read-only management events in this Region, those of AWS KMS included, and the '
      + 'EventBridge rule of the watch has to be enabled for all of them (ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS)',
  });
}
