import { daysUntilMaterialIsNeeded, FIRST_ANNOUNCED_DAYS_AHEAD, type NewMaterial, type ObservedState } from './decide-due';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { GenerationTag } from '../../src/contract/family/generation-tags';
import { ALIAS_PREFIX } from '../../src/contract/limits';
import type { FamilyMachines } from '../../src/contract/runs/function-steps';
import type { ControlPorts } from '../key-family/control-ports';
import { isOutdated, lacksRevision } from '../key-family/description-revision';
import { isLive, type Family, type Generation, type UnclaimedKey } from '../key-family/family';
import { refuseOtherOwners } from '../key-family/ownership';
import { readWholeFamily } from '../key-family/read-family';
import { tagValue } from '../key-family/tag-value';
import { findDrifted, proveDrifted } from '../key-family/update-generations';
import type { KeyFamilyPort } from '../ports/key-family';
import { findNewMaterial } from '../rotation/decide/new-material';

/**
 * Reads everything that decides what is due.
 *
 * Running executions are read last: if a run changed a generation during this read, it must be in the list, or its
 * change would look like drift.
 */
export async function readObservedState(
  intent: FamilyDescription, machines: FamilyMachines, ports: ControlPorts,
): Promise<ObservedState | 'outdated'> {
  const { kms, clock, machines: executions } = ports;
  const family = await readWholeFamily(intent.alias, ports);
  const live = family.generations.filter(isLive);
  // Another stack that has taken the family over reconciles it. A correction of drift here would revert the takeover.
  refuseOtherOwners(intent, live);
  if (isOutdated(intent, live, clock.now())) return 'outdated';
  return {
    family,
    ...await proveDrifted(intent, family, await findDriftedInTime(intent, family, kms), kms),
    newMaterial: daysUntilMaterialIsNeeded(family, intent, clock.now()) <= FIRST_ANNOUNCED_DAYS_AHEAD
      ? await checkNewMaterial(intent, family, ports) : undefined,
    unusedUnclaimed: await neverUsed(family.unclaimed, intent, ports),
    unusedOrphans: await neverUsed(family.orphans, intent, ports),
    runningRotations: await executions.runningExecutions(machines.rotation),
    runningRetirements: await executions.runningExecutions(machines.retirement),
  };
}

/**
 * Also generations that a rotation has created since the last deployment, or that carry the description of a deployment
 * that was not completed: they get the description of this run.
 */
async function findDriftedInTime(intent: FamilyDescription, { generations }: Family, kms: KeyFamilyPort): Promise<Generation[]> {
  const drifted = await findDrifted(intent, generations, kms);
  const isRecorded = generations.some((generation) => tagValue(generation.tags, GenerationTag.DESCRIPTION) !== undefined);
  return generations.filter((generation) => drifted.includes(generation)
    || (isRecorded && isLive(generation) && lacksRevision(intent, generation)));
}

/**
 * Called only when a rotation is near, because it reads key material to compare it.
 *
 * A source that cannot be read does not stop the reconcile run.
 */
async function checkNewMaterial(intent: FamilyDescription, family: Family, { secret, log }: ControlPorts): Promise<NewMaterial> {
  try {
    await findNewMaterial(intent, family, secret);
    return 'available';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.name !== ErrorName.KEY_MATERIAL_DUE) {
      log.error('key-material-unreadable', { alias: intent.alias, error: error.name, reason: error.message });
    }
    return 'missing';
  }
}

/** Keys without any alias, also of other names, that were never used. A key that denies the read counts as used. */
async function neverUsed<T extends UnclaimedKey>(
  keys: readonly T[], { alias }: FamilyDescription, { kms, log }: ControlPorts,
): Promise<T[]> {
  if (keys.length === 0) return [];
  const named = new Set((await kms.listAliases(ALIAS_PREFIX.slice(0, -1))).map(({ keyId }) => keyId));
  const unused: T[] = [];
  for (const key of keys) {
    try {
      if (!named.has(key.keyId) && await kms.lastUsage(key.keyId) === undefined) unused.push(key);
    } catch (error) {
      if (!Failure.named(error, ErrorName.ACCESS_DENIED)) throw error;
      log.warn('unclaimed-key-unreadable', { alias, keyArn: key.keyArn, reason: error.message });
    }
  }
  return unused;
}
