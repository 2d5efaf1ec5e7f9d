import { deletionEvidencePrefix, isDeletionEvidenceKey, type DeletionEvidence } from '../../../src/contract/evidence/deletion-evidence';
import type { EvidencePort } from '../../ports';

/** The latest deletion of a generation that retirement has scheduled; nothing when it never did. */
export async function findDeletion(alias: string, generation: number, evidence: Pick<EvidencePort, 'list' | 'read'>): Promise<DeletionEvidence | undefined> {
  const latest = (await evidence.list(deletionEvidencePrefix(alias, generation))).filter(isDeletionEvidenceKey).at(-1);
  return latest === undefined ? undefined : evidence.read<DeletionEvidence>(latest);
}
