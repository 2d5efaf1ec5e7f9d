import { useEvidencePrefix, type UseEvidence } from '../../../src/contract/evidence/evidence';
import type { EvidencePort } from '../../ports/evidence';
import { dayOf, type Watch } from '../retirement-facts';

/**
 * Reads what the watch has recorded about a key since a moment: from the latest day backwards, and only as far as the
 * latest use by another principal. Days before a use do not count as soak, so the number of reads does not grow with
 * the number of uses.
 */
export async function readWatch(keyId: string, since: string | undefined, evidence: Pick<EvidencePort, 'list' | 'read'>): Promise<Watch> {
  if (since === undefined) return { probeDays: [] };
  const prefix = useEvidencePrefix(keyId);
  // The times of CloudTrail are whole seconds.
  const from = Math.floor(Date.parse(since) / 1000) * 1000;
  const keys = (await evidence.list(prefix, `${prefix}${dayOf(since)}`)).reverse();
  const probeDays = new Set<string>();
  for (const key of keys) {
    const recorded = await evidence.read<UseEvidence>(key);
    if (recorded === undefined || Date.parse(recorded.at) < from) continue;
    if (recorded.kind === 'watch-probe') {
      probeDays.add(dayOf(recorded.at));
      continue;
    }
    // Objects of one day are in no order, so a day with both a probe and a use does not count.
    probeDays.delete(dayOf(recorded.at));
    return { use: recorded, probeDays: [...probeDays] };
  }
  return { probeDays: [...probeDays] };
}
