import { daysUntilMaterialIsNeeded, FIRST_ANNOUNCED_DAYS_AHEAD, type MaterialOffer, type ReconcileWorld } from './decide-due';
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
import type { KeyFamilyPort } from '../ports';
import { findNewBytes } from '../rotation/decide/material-offer';

/** Looks at everything that decides what is due. Runs come last: what one of them has changed meanwhile must not seem a contradiction. */
export async function readWorld(
  intent: FamilyDescription, machines: FamilyMachines, ports: ControlPorts,
): Promise<ReconcileWorld> {
  const { kms, clock, machines: executions } = ports;
  const family = await readFamily(intent.alias, kms);
  const live = family.generations.filter(isLive);
  // Whoever has taken the family over looks after it: bringing it up to date here would take it back.
  refuseOtherOwners(intent, live);
  return {
    family,
    behind: await findDrifted(intent, live, kms),
    bytes: daysUntilMaterialIsNeeded(family, intent, clock.now()) <= FIRST_ANNOUNCED_DAYS_AHEAD
      ? await askForBytes(intent, family, ports) : undefined,
    strays: await neverUsed(family.unclaimed, kms),
    orphans: await neverUsed(family.orphans, kms),
    runningRotations: await executions.runningExecutions(machines.rotation),
    runningRetirements: await executions.runningExecutions(machines.retirement),
  };
}

/** Only when a rotation draws near: to compare bytes, they have to be read. A source that is out of order keeps nothing else from being done. */
async function askForBytes(intent: FamilyDescription, family: Family, { secret, log }: ControlPorts): Promise<MaterialOffer> {
  try {
    await findNewBytes(intent, family, secret);
    return 'new';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.name !== ErrorName.KEY_MATERIAL_DUE) log.error('material-unreadable', { alias: intent.alias, error: error.name, reason: error.message });
    return 'used';
  }
}

/** Those that have no alias, whoever may have given them one, and no use. */
async function neverUsed<T extends UnclaimedKey>(keys: readonly T[], kms: KeyFamilyPort): Promise<T[]> {
  if (keys.length === 0) return [];
  const named = new Set((await kms.listAliases(ALIAS_PREFIX.slice(0, -1))).map(({ keyId }) => keyId));
  const unused: T[] = [];
  for (const key of keys) if (!named.has(key.keyId) && await kms.lastUsage(key.keyId) === undefined) unused.push(key);
  return unused;
}
