import type { RetirementPorts } from '../retirement-ports';
import { requireCertificate, requireStillDue, requireWorkingCurrent } from './still-due';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { tagValue } from '../../key-family/tag-value';

/**
 * Disables a generation that has gone unused for long enough, then notes when: its soak begins. Disabling can be undone with EnableKey.
 *
 * In this order, since the note makes an enabled key look as if somebody had enabled it. A disabled one without a note is disabled, and
 * noted, by the next run.
 */
export async function beginSoak(description: FamilyDescription, run: RetirementRun, ports: RetirementPorts): Promise<RetirementRun> {
  const { kms, evidence, clock, log } = ports;
  if (await isInSoak(run, ports)) return run;
  const situation = await requireStillDue(description, run, ports, { due: { kind: 'disable' } });
  requireWorkingCurrent(situation);
  const { generation, keyId } = situation.generation;
  await requireCertificate(description.alias, situation.generation, evidence);

  await kms.disableKey(keyId);
  const key = await kms.describeKey(keyId);
  if (key?.state !== 'Disabled') {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: generationAlias(description.alias, generation),
      what: 'generation was disabled, and yet is not',
      given: key?.state ?? 'no key',
      allowed: 'Disabled',
      remedy: 'the next retirement run tries again; if it repeats, find out who enables the key (CloudTrail: EnableKey)',
    });
  }
  await kms.tagKey(keyId, { [GenerationTag.DISABLED_SINCE]: clock.now().toISOString(), [GenerationTag.RECOUNTED_AT]: '' });
  log.info('generation-disabled', { family: description.alias, generation });
  return run;
}

/** Asked twice: an earlier attempt has done it all. */
async function isInSoak({ generation: { keyArn } }: RetirementRun, { kms }: RetirementPorts): Promise<boolean> {
  const key = await kms.describeKey(keyArn);
  const tags = await kms.listTags(keyArn);
  return key?.state === 'Disabled' && tagValue(tags, GenerationTag.DISABLED_SINCE) !== undefined && tagValue(tags, GenerationTag.RECOUNTED_AT) === undefined;
}
