import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { NOT_EMPTY, returnToService } from '../../key-family/return-to-service';
import type { RetirementPorts } from '../retirement-ports';

/** Enables a generation that is still in use, and cancels its deletion if one is pending. Its proofs are withdrawn. */
export async function startOver({ alias }: FamilyDescription, run: RetirementRun, { kms, log }: RetirementPorts): Promise<RetirementRun> {
  const { generation, keyArn } = run.generation;
  await returnToService(alias, { generation, keyId: keyArn }, NOT_EMPTY, kms);
  log.warn('retirement-started-over', { family: alias, generation, reason: reasonOf(run) });
  return run;
}

function reasonOf({ action, count }: RetirementRun): string {
  if (action.kind === 'start-over') return action.reason;
  if (count?.reason !== undefined) return count.reason;
  return `${count?.underOldGeneration ?? 'unknown'} records are encrypted under it`;
}
