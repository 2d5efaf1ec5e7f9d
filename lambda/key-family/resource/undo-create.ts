import { undoClaimOfZero } from './adopt-existing-key';
import { deleteUnfinishedFamily } from './delete-family';
import { undoAdoption } from './undo-adoption';
import type { RotatingKeyRequest } from '../../../src/contract/family/rotating-key-resource';
import type { DeploymentEvent } from '../../runtime/deployment-event';
import type { ControlPorts } from '../control-ports';
import { isDeployedAfter } from '../description-revision';
import { readRegister } from '../read-family';

/**
 * Undoes a creation that failed or was rolled back, so that it blocks neither the next one nor the former owner.
 *
 * After a later deployment it changes nothing: AWS Lambda has then delivered the event again.
 *
 * An adopted key or family gets its former policies and owner back. Of a family that was not complete, the key that the
 * failed creation created is deleted. A complete family of the same owner existed before, and is not changed.
 */
export async function undoCreate(request: RotatingKeyRequest, event: DeploymentEvent, ports: ControlPorts): Promise<void> {
  const { family, startFromKeyArn } = request;
  // First, because the key is none of the family then, and the family cannot be read.
  if (startFromKeyArn !== undefined) await undoClaimOfZero(family, startFromKeyArn, ports.kms);
  const register = await readRegister(family.alias, ports);
  if (isDeployedAfter(event, register.generations)) return ports.log.warn('late-event-ignored', { alias: family.alias });
  if (await undoAdoption(request, register, ports) || register.current !== undefined) return;
  if (register.hidden === undefined) await deleteUnfinishedFamily(request.family, ports);
}
