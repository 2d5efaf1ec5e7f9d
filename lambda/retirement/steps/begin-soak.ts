import type { RetirementPorts } from '../retirement-ports';
import { requireCertificate, requireStillDue, requireUsableCurrentGeneration } from './preconditions';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { tagValue } from '../../key-family/tag-value';

/**
 * Disables a generation that was not used for the observation period, then records the time in a tag: its soak begins.
 * EnableKey undoes it.
 *
 * The order matters: an enabled key with that tag is treated as enabled by another principal, and starts over. If the
 * run is stopped between the two calls, the next run disables and tags the key again.
 */
export async function beginSoak(description: FamilyDescription, run: RetirementRun, ports: RetirementPorts): Promise<RetirementRun> {
  const { kms, evidence, clock, log } = ports;
  if (await isInSoak(run, ports)) return run;
  const situation = await requireStillDue(description, run, ports, { due: { kind: 'disable' } });
  requireUsableCurrentGeneration(situation);
  const { generation, keyId } = situation.generation;
  await requireCertificate(description.alias, situation.generation, evidence);

  await kms.disableKey(keyId);
  const key = await kms.describeKey(keyId);
  if (key?.state !== 'Disabled') {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: generationAlias(description.alias, generation),
      what: 'generation is not disabled after DisableKey',
      given: key?.state ?? 'no key',
      allowed: 'Disabled',
      remedy: 'the next retirement run tries again; if this repeats, find the principal that enables the key (CloudTrail: EnableKey)',
    });
  }
  await kms.tagKey(keyId, { [GenerationTag.DISABLED_SINCE]: clock.now().toISOString(), [GenerationTag.RECOUNTED_AT]: '' });
  log.info('generation-disabled', { family: description.alias, generation });
  return run;
}

/** Whether an earlier attempt at this step completed. */
async function isInSoak({ generation: { keyArn } }: RetirementRun, { kms }: RetirementPorts): Promise<boolean> {
  const key = await kms.describeKey(keyArn);
  const tags = await kms.listTags(keyArn);
  return key?.state === 'Disabled'
    && tagValue(tags, GenerationTag.DISABLED_SINCE) !== undefined
    && tagValue(tags, GenerationTag.RECOUNTED_AT) === undefined;
}
