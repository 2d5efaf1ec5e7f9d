import { roundOf } from './begin-pass';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { CensusResult, Pass, RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { sumPass, type PassCounts } from '../../reencrypt/pass/sum-pass';
import type { RotationState } from '../run-ownership';

/** Adds up a census and decides how the run goes on: over the stores again, to its end, or not at all. */
export async function concludeCensus({ family: description, run }: RotationState, { evidence }: ControlPorts): Promise<RotationRun> {
  const pass = provingPass(description, run);
  const counts = await sumPass(evidence, {
    family: description.alias,
    run: run.run,
    pass: pass.number,
    stores: description.stores.map(({ storeId, shards }) => ({ storeId, shards })),
  });
  return { ...run, census: judgeCensus(description, counts, pass) };
}

/** Pure: what a census says, unless it was blind, or has found what no further pass would change. */
export function judgeCensus(description: FamilyDescription, counts: PassCounts, pass: Pass): CensusResult {
  refuseBlindCensus(description, counts);
  const { underOldGeneration, quarantined } = counts.total;
  const found = { startedAt: pass.startedAt, underOldGeneration, quarantined };
  // Records that can be moved are moved, whatever was set aside besides them.
  if (underOldGeneration > 0 && roundOf(pass.number) < description.maxPasses) return { ...found, verdict: 'again' };
  if (quarantined > 0) {
    throw unproven(
      description, ErrorName.RECORDS_QUARANTINED, 'records were set aside, so the old generations are not known to be empty',
      String(quarantined), '0',
      `read the quarantine objects in the evidence of this run (${counts.quarantineKeys.slice(0, 3).join(', ')}), `
      + 'mend or remove those records, then run the rotation again',
    );
  }
  if (underOldGeneration > 0) {
    throw unproven(
      description, ErrorName.CENSUS_NOT_ZERO, 'records still stand under old generations', String(underOldGeneration), '0',
      'find the writer that goes on storing data keys of old generations, then run the rotation again; nothing is lost meanwhile',
    );
  }
  return { ...found, verdict: 'empty' };
}

/** Pure: a census proves something only if it began when the fence had reached everybody. */
export function provingPass(description: FamilyDescription, { pass, fence }: RotationRun): Pass {
  if (pass?.mode !== 'census') {
    throw unproven(
      description, ErrorName.INVALID_REQUEST, 'no census has begun', pass === undefined ? 'no pass' : `pass ${pass.number}, ${pass.mode}`, 'a census',
      'run the steps in their order',
    );
  }
  const fencedAt = fence?.held === true ? fence.fencedAt : undefined;
  const countsFrom = fencedAt === undefined ? undefined : new Date(Date.parse(fencedAt) + description.propagationDelaySeconds * 1000);
  if (countsFrom !== undefined && Date.parse(pass.startedAt) >= countsFrom.getTime()) return pass;
  throw unproven(
    description, ErrorName.VERIFICATION_FAILED, 'census began before the fence had reached everybody', pass.startedAt,
    countsFrom === undefined ? 'a fence first' : `${countsFrom.toISOString()} or later`, 'run the rotation again: it counts anew',
  );
}

/** A store full of items that hold no data key was described wrongly, and is no zero. */
function refuseBlindCensus({ alias, stores }: FamilyDescription, counts: PassCounts): void {
  for (const store of stores) {
    const seen = counts.byStore[store.storeId];
    if (seen === undefined || seen.scanned === 0 || seen.scanned > seen.withoutDataKey) continue;
    throw new Failure(ErrorName.STORE_MISMATCH, {
      where: `${alias}, store ${store.storeId} (table ${store.tableName})`,
      what: `none of ${seen.scanned} items has the attribute that is said to hold the data key`,
      given: store.dataKeyAttribute,
      remedy: 'correct dataKeyAttribute of this store, or take the store away; the old generations can still be read',
    });
  }
}

function unproven({ alias }: FamilyDescription, name: ErrorName, what: string, given: string, allowed: string, remedy: string): Failure {
  return new Failure(name, { where: alias, what, given, allowed, remedy });
}
