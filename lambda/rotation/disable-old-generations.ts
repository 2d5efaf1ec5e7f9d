import type { ControlPorts } from './control-ports';
import { readOwnFamily } from './still-ours';
import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import { generationAlias, GenerationTag } from '../../src/contract/generation-tags';
import type { CensusResult, RotationRun } from '../../src/contract/rotation-run';
import { Failure } from '../runtime/failure';

/**
 * Disables the old generations, if a census that counts has found nothing under them.
 *
 * Disabling can be undone with EnableKey; nothing here deletes a key or its material.
 */
export async function disableOldGenerations(
  description: FamilyDescription, run: RotationRun, census: CensusResult, { kms, clock }: ControlPorts,
): Promise<RotationRun> {
  refuseUnproven(description, run, census);
  const { family, to } = await readOwnFamily(description, run, kms);
  if (family.current.keyId !== to.keyId) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: description.alias,
      what: 'alias no longer names the generation that was counted for',
      given: family.current.keyArn,
      allowed: to.keyArn,
      remedy: 'find out who moved it (CloudTrail: UpdateAlias); the old generations stay enabled',
    });
  }
  for (const { generation, keyArn } of run.from) {
    // The proof is noted first: a run that is stopped in between would find a disabled key, and not know that it may be.
    await kms.tagKey(keyArn, { [GenerationTag.EMPTIED_SINCE]: clock.now().toISOString() });
    await kms.disableKey(keyArn);
    const key = await kms.describeKey(keyArn);
    if (key?.state !== 'Disabled') {
      throw new Failure(ErrorName.VERIFICATION_FAILED, {
        where: generationAlias(description.alias, generation),
        what: 'generation was disabled, and yet is not',
        given: key?.state ?? 'no key',
        allowed: 'Disabled',
        remedy: 'run the rotation again; if it repeats, find out who enables the key (CloudTrail: EnableKey)',
      });
    }
  }
  return run;
}

/**
 * The earliest moment at which a census may begin, if it is to prove anything.
 *
 * A writer may hold a data key from before the fence, and bring its old blob to a store without any call to KMS.
 */
export function censusCountsFrom(description: FamilyDescription, run: RotationRun): Date | undefined {
  if (run.fencedAt === undefined) return undefined;
  return new Date(Date.parse(run.fencedAt) + (description.settleSeconds + description.dataKeyReuseSeconds) * 1000);
}

/** Pure: a census proves something only if it began late enough, found nothing, and set nothing aside. */
export function refuseUnproven(description: FamilyDescription, run: RotationRun, census: CensusResult): void {
  const unproven = (name: ErrorName, what: string, given: string, allowed: string, remedy: string) =>
    new Failure(name, { where: description.alias, what, given, allowed, remedy });
  const countsFrom = censusCountsFrom(description, run);
  if (countsFrom === undefined || Date.parse(census.startedAt) < countsFrom.getTime()) {
    throw unproven(
      ErrorName.VERIFICATION_FAILED, 'census began before the last writer had forgotten its data keys', census.startedAt,
      countsFrom === undefined ? 'a fence first' : `${countsFrom.toISOString()} or later`, 'count again',
    );
  }
  if (census.quarantined > 0) {
    throw unproven(
      ErrorName.RECORDS_QUARANTINED, 'records were set aside, so the old generations stay enabled', String(census.quarantined), '0',
      'read the quarantine objects in the evidence of this run, mend or remove those records, then run the rotation again',
    );
  }
  if (census.underOldGeneration > 0) {
    throw unproven(
      ErrorName.CENSUS_NOT_ZERO, 'records still stand under old generations', String(census.underOldGeneration), '0',
      'find the writer that stores data keys longer than dataKeyReuse allows, then run the rotation again; nothing is lost meanwhile',
    );
  }
}
