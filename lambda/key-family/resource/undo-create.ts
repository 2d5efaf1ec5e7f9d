import { undoClaimOfZero } from './adopt-existing-key';
import { deleteUnfinishedFamily } from './delete-family';
import { undoAdoption } from './undo-adoption';
import type { RotatingKeyRequest } from '../../../src/contract/family/rotating-key-resource';
import type { ControlPorts } from '../control-ports';
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
