import { useEvidencePrefix, type UseEvidence } from '../../../src/contract/evidence/evidence';
import type { EvidencePort } from '../../ports';
import { dayOf, type Watch } from '../retirement-facts';

/**
 * What the watch has noted about a key since a moment. It reads from the latest day backwards, and no further than the last call of
 * somebody else: what was quiet before that does not count any more, however often the key was asked for.
 */
export async function readWatch(keyId: string, since: string | undefined, evidence: Pick<EvidencePort, 'list' | 'read'>): Promise<Watch> {
  if (since === undefined) return { echoDays: [] };
  const prefix = useEvidencePrefix(keyId);
  // CloudTrail tells whole seconds.
  const from = Math.floor(Date.parse(since) / 1000) * 1000;
  const noted = (await evidence.list(prefix)).filter((key) => key.slice(prefix.length) >= dayOf(since)).reverse();
  const echoDays = new Set<string>();
  for (const key of noted) {
    const note = await evidence.read<UseEvidence>(key);
    if (note === undefined || Date.parse(note.at) < from) continue;
    if (note.kind === 'echo') {
      echoDays.add(dayOf(note.at));
      continue;
    }
    // Within a day the notes are in no order: a day on which somebody asked is not quiet.
    echoDays.delete(dayOf(note.at));
    return { use: note, echoDays: [...echoDays] };
  }
  return { echoDays: [...echoDays] };
}
