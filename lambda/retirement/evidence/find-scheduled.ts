import { isDeletionScheduledSince, type DeletionEvidence } from '../../../src/contract/evidence/deletion-evidence';
import { certificatePrefix } from '../../../src/contract/evidence/evidence';
import { PENDING_WINDOW_DAYS } from '../../../src/contract/limits';
import type { Clock } from '../../ports/clock';
import type { EvidencePort } from '../../ports/evidence';
import { daysAfter } from '../retirement-facts';

/** KMS deletes a key within a day after its pending window, so an older deletion is complete or was cancelled. */
const LONGEST_DELETION_DAYS = PENDING_WINDOW_DAYS.max + 2;

/** Ports of the search. */
export interface ScheduledPorts {
  readonly evidence: Pick<EvidencePort, 'list' | 'read'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * The ids of the keys whose deletion can be pending, whatever their aliases and tags are. Retirement writes this
 * evidence before it schedules a deletion.
 */
export async function findScheduled(alias: string, { evidence, clock }: ScheduledPorts): Promise<string[]> {
  const since = daysAfter(clock.now(), -LONGEST_DELETION_DAYS);
  const keyIds: string[] = [];
  for (const key of await evidence.list(certificatePrefix(alias))) {
    if (!isDeletionScheduledSince(key, since)) continue;
    const deletion = await evidence.read<DeletionEvidence>(key);
    if (deletion !== undefined) keyIds.push(deletion.keyArn.slice(deletion.keyArn.lastIndexOf('/') + 1));
  }
  return keyIds;
}
