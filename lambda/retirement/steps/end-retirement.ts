import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { NO_CERTIFICATE, returnToService } from '../../key-family/return-to-service';
import type { RetirementPorts } from '../retirement-ports';

/**
 * Enables a generation that nothing retires any more, and cancels its deletion if one is pending.
 *
 * It is still emptied, so no rotation run counts it again. If it is retired later, its retirement begins with a new
 * certificate.
 */
export async function endRetirement(
  { alias }: FamilyDescription, run: RetirementRun, { kms, log }: RetirementPorts,
): Promise<RetirementRun> {
  const { generation, keyArn } = run.generation;
  await returnToService(alias, { generation, keyId: keyArn }, NO_CERTIFICATE, kms);
  const { action } = run;
  log.warn('retirement-ended', { family: alias, generation, reason: action.kind === 'end-retirement' ? action.reason : undefined });
  return run;
}
