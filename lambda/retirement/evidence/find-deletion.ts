import { deletionEvidencePrefix, isDeletionEvidenceKey, type DeletionEvidence } from '../../../src/contract/evidence/deletion-evidence';
import type { EvidencePort } from '../../ports/evidence';

/** Evidence of the latest deletion of a generation that retirement scheduled, or `undefined` if there is none. */
export async function findDeletion(
  alias: string, generation: number, evidence: Pick<EvidencePort, 'list' | 'read'>,
): Promise<DeletionEvidence | undefined> {
  const latest = (await evidence.list(deletionEvidencePrefix(alias, generation))).filter(isDeletionEvidenceKey).at(-1);
  return latest === undefined ? undefined : evidence.read<DeletionEvidence>(latest);
}
