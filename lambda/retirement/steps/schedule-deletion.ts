import { recordDeletionEvidence } from './record-deletion-evidence';
import { censusOf, readCensusTimes, requireEmptyCensus } from '../evidence/read-census';
import { daysAfter } from '../retirement-facts';
import type { RetirementPorts } from '../retirement-ports';
import { requireCertificate, requireStillDue, requireUsableCurrentGeneration, type DueSituation } from './preconditions';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { Generation } from '../../key-family/family';
import type { RetirementKeyPort } from '../../ports/key-family';

/** Maximum age of the recount. It runs immediately before this step, so an older one means that this step is late. */
const MAX_RECOUNT_AGE_DAYS = 1;

/**
 * Schedules the deletion of a generation, after reading and checking all preconditions again.
 *
 * The time of the recount is recorded in a tag first, because a key that is pending deletion cannot be tagged. If the
 * run is stopped between the two calls, the soak starts again.
 */
export async function scheduleDeletion(description: FamilyDescription, run: RetirementRun, ports: RetirementPorts): Promise<RetirementRun> {
  const { kms, evidence, log } = ports;
  const { alias } = description;
  const { startedAt } = censusOf(run);
  if (await isScheduled(run, startedAt, ports)) return run;
  const situation = await requireStillDue(description, run, ports, {
    due: { kind: 'count', purpose: 'recount' },
    undoOwnAttempt: (generation) => (generation.recountedAt === startedAt ? { ...generation, recountedAt: undefined } : generation),
  });
  requireUsableCurrentGeneration(situation);
  const { generation: { generation, keyId }, deletion: { pendingWindowDays } } = situation;
  const certificate = await requireCertificate(alias, situation.generation, evidence);
  const counts = await requireEmptyCensus(description, run, evidence);
  refuseOldRecount(alias, generation, (await readCensusTimes(run, evidence)).endedAt, situation.facts.now);

  await recordDeletionEvidence(run, situation, certificate, counts, evidence);
  await recordHighestGeneration(situation, kms);
  await kms.tagKey(keyId, { [GenerationTag.RECOUNTED_AT]: startedAt });
  await kms.scheduleKeyDeletion(keyId, pendingWindowDays);
  if (!await isScheduled(run, startedAt, ports)) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: generationAlias(alias, generation),
      what: 'key is not pending deletion after ScheduleKeyDeletion',
      remedy: 'find the principal that cancels the deletion (CloudTrail: CancelKeyDeletion); the soak starts again',
    });
  }
  log.warn('deletion-scheduled', { family: alias, generation, pendingWindowDays, certificate: certificate.hash });
  return run;
}

/**
 * Records the highest number ever used on the current generation, if it is not its own number: the case after
 * a rollback. Otherwise the number of a deleted generation would be used again.
 *
 * The deleted key can itself carry a higher number than its own: that of a generation that was deleted before.
 */
async function recordHighestGeneration(
  { family: { current, generations } }: DueSituation, kms: RetirementKeyPort,
): Promise<void> {
  const numberOf = ({ generation, highestGeneration = 0 }: Generation) => Math.max(generation, highestGeneration);
  const highest = Math.max(...generations.map(numberOf));
  if (numberOf(current) >= highest) return;
  await kms.tagKey(current.keyId, { [GenerationTag.HIGHEST_GENERATION]: String(highest) });
}

/** Whether this run has scheduled the deletion, in this attempt at the step or in an earlier one. */
async function isScheduled({ generation: { keyArn } }: RetirementRun, startedAt: string, { kms }: RetirementPorts): Promise<boolean> {
  const key = await kms.describeKey(keyArn);
  return key?.state === 'PendingDeletion' && (await kms.listTags(keyArn))[GenerationTag.RECOUNTED_AT] === startedAt;
}

function refuseOldRecount(alias: string, generation: number, endedAt: string, now: Date): void {
  if (now <= daysAfter(endedAt, MAX_RECOUNT_AGE_DAYS)) return;
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: generationAlias(alias, generation),
    what: 'recount is too old',
    given: endedAt,
    allowed: `${daysAfter(now, -MAX_RECOUNT_AGE_DAYS).toISOString()} or later`,
    remedy: 'nothing was changed; the next retirement run counts again',
  });
}
