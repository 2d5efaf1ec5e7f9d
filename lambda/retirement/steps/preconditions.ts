import { readSituation, type Situation } from './read-situation';
import { ErrorName } from '../../../src/contract/error-names';
import type { Certificate } from '../../../src/contract/evidence/certificate';
import { certificateKey } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import type { DeletionDescription, FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementAction, RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { Generation } from '../../key-family/family';
import type { EvidencePort } from '../../ports/evidence';
import { decideRetirement } from '../decide/decide-retirement';
import { isReplaced, type ReplacedGeneration } from '../decide/replaced-generation';
import { certifies } from '../evidence/hash-certificate';
import type { RetirementPorts } from '../retirement-ports';

/** A situation in which an action is due. */
export interface DueSituation extends Situation {
  readonly generation: ReplacedGeneration;
  readonly deletion: DeletionDescription;
}

/**
 * Reads the actual state again, decides again, and fails unless the decision is the same. So a step that disables or
 * deletes changes nothing if it is late, repeated, or if the family was paused after the decision.
 */
export async function requireStillDue(
  description: FamilyDescription, run: RetirementRun, ports: RetirementPorts,
  { due, undoOwnAttempt = (generation) => generation }: {
    readonly due: RetirementAction;
    /** Removes from the generation the tags that an earlier attempt at this step has written. */
    readonly undoOwnAttempt?: (generation: Generation) => Generation;
  },
): Promise<DueSituation> {
  const situation = await readSituation(description, run.generation.generation, ports);
  const generation = undoOwnAttempt(situation.generation);
  const action = decideRetirement(generation, situation.family, description, situation.facts);
  const same = action.kind === due.kind && (action.kind !== 'count' || due.kind !== 'count' || action.purpose === due.purpose);
  const sameKey = generation.keyArn === run.generation.keyArn;
  const { deletion } = description;
  if (same && sameKey && isReplaced(generation) && deletion !== undefined) return { ...situation, generation, deletion };
  throw new Failure(ErrorName.RUN_SUPERSEDED, {
    where: generationAlias(description.alias, generation.generation),
    what: 'the action of this run is no longer due',
    given: describeAction(due),
    allowed: describeAction(action),
    remedy: 'no action is needed; the next retirement run decides again',
  });
}

/**
 * Fails unless the current generation is usable: an old generation is disabled or deleted only if there is
 * a working replacement.
 */
export function requireUsableCurrentGeneration({ family }: Situation): void {
  if (family.current.keyState === 'Enabled') return;
  throw new Failure(ErrorName.KEY_NOT_READY, {
    where: family.alias,
    what: 'current generation is not usable, so no old generation is retired',
    given: family.current.keyState,
    allowed: 'Enabled',
    remedy: `enable ${family.current.keyArn} first`,
  });
}

/**
 * Reads the certificate itself instead of trusting the tag. Fails unless it exists, is unchanged, and
 * certifies this key.
 */
export async function requireCertificate(alias: string, certified: Generation, evidence: EvidencePort): Promise<Certificate> {
  const { generation, certifiedSince = '' } = certified;
  const key = certificateKey(alias, generation, certifiedSince);
  const certificate = await evidence.read<Certificate>(key);
  if (certificate !== undefined && certifies(certificate, certified)) return certificate;
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: generationAlias(alias, generation),
    what: certificate === undefined
      ? 'certificate of this generation is missing from the evidence'
      : 'certificate of this generation was changed',
    given: key,
    remedy: 'find the principal that writes to the evidence bucket (CloudTrail: PutObject); '
      + `to certify the generation again, set the tag ${GenerationTag.CERTIFIED_SINCE} of its key to an empty value`,
  });
}

function describeAction(action: RetirementAction): string {
  if (action.kind === 'count') return `count (${action.purpose})`;
  return 'reason' in action ? `${action.kind}: ${action.reason}` : action.kind;
}
