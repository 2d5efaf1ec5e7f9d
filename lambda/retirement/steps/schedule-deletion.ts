import { leaveDeletionEvidence } from './record-deletion-evidence';
import { censusOf, readCensusTimes, readZero } from '../evidence/read-census';
import { daysAfter } from '../retirement-facts';
import type { RetirementPorts } from '../retirement-ports';
import { requireCertificate, requireStillDue, requireWorkingCurrent, type DueSituation } from './still-due';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { RetirementKeyPort } from '../../ports';

/** How old a recount may be. It is made immediately before: an older one belongs to a step that comes late. */
const RECOUNT_VALID_DAYS = 1;

/**
 * Schedules the deletion of a generation, after having looked at everything once more.
 *
 * What allows it is noted first, since a key that is pending deletion takes no tags. A run that is stopped in between leaves a generation
 * whose soak begins anew.
 */
export async function scheduleDeletion(description: FamilyDescription, run: RetirementRun, ports: RetirementPorts): Promise<RetirementRun> {
  const { kms, evidence, log } = ports;
  const { alias } = description;
  const { startedAt } = censusOf(run);
  if (await isScheduled(run, startedAt, ports)) return run;
  const situation = await requireStillDue(description, run, ports, {
    due: { kind: 'count', purpose: 'recount' },
    asBefore: (generation) => (generation.recountedAt === startedAt ? { ...generation, recountedAt: undefined } : generation),
  });
  requireWorkingCurrent(situation);
  const { generation: { generation, keyId }, deletion: { pendingWindowDays } } = situation;
  const certificate = await requireCertificate(alias, situation.generation, evidence);
  const counts = await readZero(description, run, evidence);
  refuseOldRecount(alias, generation, (await readCensusTimes(run, evidence)).endedAt, situation.facts.now);

  await leaveDeletionEvidence(run, situation, certificate, counts, evidence);
  await rememberNumber(situation, kms);
  await kms.tagKey(keyId, { [GenerationTag.RECOUNTED_AT]: startedAt });
  await kms.scheduleKeyDeletion(keyId, pendingWindowDays);
  if (!await isScheduled(run, startedAt, ports)) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: generationAlias(alias, generation),
      what: 'deletion was scheduled, and yet is not pending',
      remedy: 'find out who cancels it (CloudTrail: CancelKeyDeletion); the soak begins anew',
    });
  }
  log.warn('deletion-scheduled', { family: alias, generation, pendingWindowDays, certificate: certificate.hash });
  return run;
}

/** Numbers are never reused: that of a generation which a roll-back has left behind, and which is higher than all others, would be forgotten. */
async function rememberNumber({ family: { current, generations }, generation: { generation } }: DueSituation, kms: RetirementKeyPort): Promise<void> {
  if (generations.some((other) => other.generation > generation)) return;
  await kms.tagKey(current.keyId, { [GenerationTag.HIGHEST_GENERATION]: String(generation) });
}

/** An earlier attempt at this very step came so far. */
async function isScheduled({ generation: { keyArn } }: RetirementRun, startedAt: string, { kms }: RetirementPorts): Promise<boolean> {
  const key = await kms.describeKey(keyArn);
  return key?.state === 'PendingDeletion' && (await kms.listTags(keyArn))[GenerationTag.RECOUNTED_AT] === startedAt;
}

function refuseOldRecount(alias: string, generation: number, endedAt: string, now: Date): void {
  if (now <= daysAfter(endedAt, RECOUNT_VALID_DAYS)) return;
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: generationAlias(alias, generation),
    what: 'stores were counted too long ago',
    given: endedAt,
    allowed: `${daysAfter(now, -RECOUNT_VALID_DAYS).toISOString()} or later`,
    remedy: 'nothing has changed; the next retirement run counts them again',
  });
}
