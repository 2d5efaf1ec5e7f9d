import { daysUntilMaterialIsNeeded, FIRST_ANNOUNCED_DAYS_AHEAD, type NewMaterial, type ObservedState } from './decide-due';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { ALIAS_PREFIX } from '../../src/contract/limits';
import type { FamilyMachines } from '../../src/contract/runs/function-steps';
import type { ControlPorts } from '../key-family/control-ports';
import { isLive, type Family, type UnclaimedKey } from '../key-family/family';
import { refuseOtherOwners } from '../key-family/ownership';
import { readFamily } from '../key-family/read-family';
import { findDrifted } from '../key-family/update-generations';
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
): Promise<ObservedState> {
  const { kms, clock, machines: executions } = ports;
  const family = await readFamily(intent.alias, kms);
  const live = family.generations.filter(isLive);
  // Another stack that has taken the family over reconciles it. A correction of drift here would revert the takeover.
  refuseOtherOwners(intent, live);
  return {
    family,
    drifted: await findDrifted(intent, live, kms),
    newMaterial: daysUntilMaterialIsNeeded(family, intent, clock.now()) <= FIRST_ANNOUNCED_DAYS_AHEAD
      ? await checkNewMaterial(intent, family, ports) : undefined,
    unusedUnclaimed: await neverUsed(family.unclaimed, kms),
    unusedOrphans: await neverUsed(family.orphans, kms),
    runningRotations: await executions.runningExecutions(machines.rotation),
    runningRetirements: await executions.runningExecutions(machines.retirement),
  };
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

/** Keys without any alias, also of other names, that were never used. */
async function neverUsed<T extends UnclaimedKey>(keys: readonly T[], kms: KeyFamilyPort): Promise<T[]> {
  if (keys.length === 0) return [];
  const named = new Set((await kms.listAliases(ALIAS_PREFIX.slice(0, -1))).map(({ keyId }) => keyId));
  const unused: T[] = [];
  for (const key of keys) if (!named.has(key.keyId) && await kms.lastUsage(key.keyId) === undefined) unused.push(key);
  return unused;
}
