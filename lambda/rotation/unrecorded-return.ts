import { createdKeyKey } from '../../src/contract/evidence/created-key';
import { isNew, type Generation } from '../key-family/family';
import { isRecordedKey } from '../key-family/proof/created-keys';
import type { Obstacle } from '../key-family/proof/generation-proof';
import type { EvidencePort } from '../ports/evidence';

/**
 * The obstacle to a run that continues with a generation because its tags say that it was current before. Such a
 * generation may hold grants, expire, or be of another origin, so the tags need a proof: each rotation records the
 * current generation before it replaces it.
 */
export async function findUnrecordedReturn(
  alias: string, generation: Generation, evidence: Pick<EvidencePort, 'read'>,
): Promise<Obstacle | undefined> {
  if (isNew(generation) || await isRecordedKey(alias, generation, evidence)) return undefined;
  return {
    what: 'only its tags say that the key was current before',
    given: `no ${createdKeyKey(alias, generation.keyId)} in the evidence bucket`,
    allowed: 'a generation that a rotation of this deployment has replaced, or one that an operator names with '
      + `{"rollBackTo":${generation.generation}}`,
  };
}
