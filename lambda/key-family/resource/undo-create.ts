import { undoClaimOfZero } from './adopt-existing-key';
import { deleteUnfinishedFamily } from './delete-family';
import { readFormerState, restoreFormerState } from './former-state';
import { generationAlias } from '../../../src/contract/family/generation-tags';
import type { RotatingKeyRequest } from '../../../src/contract/family/rotating-key-resource';
import type { ControlPorts } from '../control-ports';
import { isLive, type FamilyRegister, type Generation } from '../family';
import { readRegister } from '../read-family';

/**
 * Undoes a creation that failed or was rolled back, so that it blocks neither the next one nor the former owner.
 *
 * An adopted key or family gets its former policies and owner back. Of a family that was not complete, the key that the
 * failed creation created is deleted. A complete family of the same owner existed before, and is not changed.
 */
export async function undoCreate(request: RotatingKeyRequest, ports: ControlPorts): Promise<void> {
  const { family, startFromKeyArn } = request;
  // First, because the key is none of the family then, and the family cannot be read.
  if (startFromKeyArn !== undefined) await undoClaimOfZero(family, startFromKeyArn, ports.kms);
  const register = await readRegister(request.family.alias, ports);
  if (await undoAdoption(request, register, ports) || register.current !== undefined) return;
  if (register.hidden === undefined) await deleteUnfinishedFamily(request.family, ports);
}

/** Whether an adoption of the last 24 hours was undone. A family that has changed since then is not. */
export async function undoAdoption(
  { family, startFromKeyArn, adoptFrom }: RotatingKeyRequest, { generations }: FamilyRegister, ports: ControlPorts,
): Promise<boolean> {
  if (startFromKeyArn === undefined && adoptFrom === undefined) return false;
  const own = generations.filter((generation) => isLive(generation) && generation.owner === family.owner);
  const states = await Promise.all(own.map(async (generation) => (
    { generation, former: await readFormerState(family, generation.keyId, ports) })));
  if (states.length === 0 || states.some(({ former }) => former === undefined)) return false;
  for (const { generation, former } of states) {
    if (former === undefined) continue;
    if (isExistingKey(generation, startFromKeyArn)) await ports.kms.deleteAlias(generationAlias(family.alias, generation.generation));
    await restoreFormerState(generation.keyId, former, ports);
  }
  return true;
}

function isExistingKey({ generation, keyArn }: Generation, startFromKeyArn: string | undefined): boolean {
  return generation === 0 && keyArn === startFromKeyArn;
}
