import { createdKeyKey, type CreatedKey } from '../../../src/contract/evidence/created-key';
import { EVIDENCE_SCHEMA } from '../../../src/contract/evidence/evidence';
import type { EvidencePort } from '../../ports/evidence';

/** A key and the number that its tags name. */
interface NumberedKey {
  readonly keyId: string;
  readonly keyArn: string;
  readonly generation: number;
}

/** Records that a key is a generation, where only the roles of the construct write. It is safe to repeat. */
export async function recordCreatedKey(
  alias: string, { keyId, keyArn, generation }: NumberedKey, evidence: Pick<EvidencePort, 'writeOnce'>,
): Promise<void> {
  const content: CreatedKey = { schema: EVIDENCE_SCHEMA, kind: 'created-key', keyArn, generation };
  await evidence.writeOnce(createdKeyKey(alias, keyId), content);
}

/** Whether a run has recorded the key under this number. */
export async function isRecordedKey(
  alias: string, { keyId, keyArn, generation }: NumberedKey, evidence: Pick<EvidencePort, 'read'>,
): Promise<boolean> {
  const recorded = await evidence.read<CreatedKey>(createdKeyKey(alias, keyId));
  return recorded?.keyArn === keyArn && recorded.generation === generation;
}
