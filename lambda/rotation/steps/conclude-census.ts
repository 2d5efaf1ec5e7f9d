import { roundOf } from './begin-pass';
import { returnFoundGenerations } from './return-found-generations';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { CensusResult, Pass, RotationRun } from '../../../src/contract/runs/rotation-run';
import { REMOVED_STORE } from '../../../src/contract/stores/removed-store';
import type { ControlPorts } from '../../key-family/control-ports';
import { sumPass, type PassCounts } from '../../reencrypt/pass/sum-pass';
import type { RotationState } from '../run-ownership';

/**
 * Adds up the counts of a census and decides whether the run repeats the passes, ends, or fails.
 *
 * Generations under which this round has found records are usable again before anything else is decided.
 */
export async function concludeCensus(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const pass = censusAfterFence(description, run);
  const sum = (number: number) => sumPass(ports.evidence, {
    family: description.alias,
    run: run.run,
    pass: number,
    stores: description.stores,
  });
  const [reEncrypted, counts] = [await sum(pass.number - 1), await sum(pass.number)];
  const found = [...new Set([...reEncrypted.foundUnder, ...counts.foundUnder])];
  const returned = await returnFoundGenerations(state, { found, countedAt: pass.startedAt }, ports);
  return { ...returned, census: decideCensusResult(description, counts, pass) };
}

/**
 * Pure: the result of a census. Fails if the census found no data keys, or if another pass would not change
 * what it found.
 */
export function decideCensusResult(description: FamilyDescription, counts: PassCounts, pass: Pass): CensusResult {
  refuseCensusWithoutDataKeys(description, counts);
  const { underOldGeneration, quarantined } = counts.total;
  const found = { startedAt: pass.startedAt, underOldGeneration, quarantined };
  // Every record that can be re-encrypted is re-encrypted, even if others were quarantined.
  if (underOldGeneration > 0 && roundOf(pass.number) < description.maxPasses) return { ...found, verdict: 'again' };
  if (quarantined > 0) {
    throw censusFailure(
      description, ErrorName.RECORDS_QUARANTINED, 'records were quarantined, so the old generations are not proven to be empty',
      String(quarantined), '0',
      `read the quarantine objects in the evidence bucket (${counts.quarantineKeys.slice(0, 3).join(', ')}), `
      + 'repair those records, then run the rotation again; records of another key are no fault of this one: '
      + 'declare foreignRecords: ForeignRecords.SKIP',
    );
  }
  if (underOldGeneration > 0) {
    throw censusFailure(
      description, ErrorName.CENSUS_NOT_ZERO, 'records are still encrypted under old generations', String(underOldGeneration), '0',
      'find the application that still writes data keys of old generations, then run the rotation again; '
      + 'no old generation is deleted while records are encrypted under it',
    );
  }
  return { ...found, verdict: 'empty' };
}

/** Pure: the census of the run. It is proof only if it began after the fence had propagated. */
export function censusAfterFence(description: FamilyDescription, { pass, fence }: RotationRun): Pass {
  if (pass?.mode !== 'census') {
    throw censusFailure(
      description, ErrorName.INVALID_REQUEST, 'no census has begun',
      pass === undefined ? 'no pass' : `pass ${pass.number}, ${pass.mode}`, 'a census', 'run the steps in order',
    );
  }
  const fencedAt = fence?.held === true ? fence.fencedAt : undefined;
  const validFrom = fencedAt === undefined ? undefined : new Date(Date.parse(fencedAt) + description.propagationDelaySeconds * 1000);
  if (validFrom !== undefined && Date.parse(pass.startedAt) >= validFrom.getTime()) return pass;
  throw censusFailure(
    description, ErrorName.VERIFICATION_FAILED, 'census began before the fence had propagated', pass.startedAt,
    validFrom === undefined ? 'a census after the fence is in force' : `${validFrom.toISOString()} or later`,
    'run the rotation again; it starts a new census',
  );
}

/** If no item of a store has a data key, the attribute name is probably wrong, and a count of 0 proves nothing. */
function refuseCensusWithoutDataKeys({ alias, stores }: FamilyDescription, counts: PassCounts): void {
  for (const store of stores) {
    const ofStore = counts.byStore[store.storeId];
    if (ofStore === undefined || ofStore.scanned === 0 || ofStore.scanned > ofStore.withoutDataKey) continue;
    throw new Failure(ErrorName.STORE_MISMATCH, {
      where: `${alias}, store ${store.storeId} (table ${store.tableName})`,
      what: `none of ${ofStore.scanned} items has the attribute that dataKeyAttribute names`,
      given: store.dataKeyAttribute,
      remedy: `correct dataKeyAttribute of this store; no old generation is deleted before a census succeeds; ${REMOVED_STORE}`,
    });
  }
}

function censusFailure(
  { alias }: FamilyDescription, name: ErrorName, what: string, given: string, allowed: string, remedy: string,
): Failure {
  return new Failure(name, { where: alias, what, given, allowed, remedy });
}
