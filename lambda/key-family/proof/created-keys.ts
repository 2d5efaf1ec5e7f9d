import { createdKeyKey, type CreatedKey } from '../../../src/contract/evidence/created-key';
import { EVIDENCE_SCHEMA } from '../../../src/contract/evidence/evidence';
import type { EvidencePort } from '../../ports/evidence';
import { isNew, type Generation } from '../family';
import type { Obstacle } from './generation-proof';

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

/**
 * The obstacle to a run that continues with a generation because its tags say that it was current before. Such a
 * generation may hold grants, expire, or be of another origin, so the tags need a proof: each rotation records the
 * current generation before it replaces it.
 */
export async function findUnrecordedReturn(
  alias: string, generation: NumberedKey & Pick<Generation, 'phase' | 'currentSince'>, evidence: Pick<EvidencePort, 'read'>,
): Promise<Obstacle | undefined> {
  if (isNew(generation) || await isRecordedKey(alias, generation, evidence)) return undefined;
  return {
    what: 'only its tags say that the key was current before',
    given: `no ${createdKeyKey(alias, generation.keyId)} in the evidence bucket`,
    allowed: 'a generation that a rotation of this deployment has replaced, or one that an operator names with '
      + `{"rollBackTo":${generation.generation}}`,
  };
}
