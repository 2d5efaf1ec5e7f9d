import { readSituation, type Situation } from './read-situation';
import { ErrorName } from '../../../src/contract/error-names';
import type { Certificate } from '../../../src/contract/evidence/certificate';
import { certificateKey } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import type { DeletionDescription, FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementAction, RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { Generation } from '../../key-family/family';
import type { EvidencePort } from '../../ports';
import { decideRetirement } from '../decide/decide-retirement';
import { isReplaced, type ReplacedGeneration } from '../decide/replaced-generation';
import { verifyCertificate } from '../evidence/hash-certificate';
import type { RetirementPorts } from '../retirement-ports';

/** A situation in which something is due. */
export interface DueSituation extends Situation {
  readonly generation: ReplacedGeneration;
  readonly deletion: DeletionDescription;
}

/**
 * Reads the world again and decides again: a step that takes something away goes on only if the decision is still the same. So a step
 * that comes late, or twice, or after somebody has paused the family, does nothing.
 */
export async function requireStillDue(
  description: FamilyDescription, run: RetirementRun, ports: RetirementPorts,
  { due, asBefore = (generation) => generation }: {
    readonly due: RetirementAction;
    /** Takes back what an earlier attempt at this very step has noted. */
    readonly asBefore?: (generation: Generation) => Generation;
  },
): Promise<DueSituation> {
  const situation = await readSituation(description, run.generation.generation, ports);
  const generation = asBefore(situation.generation);
  const action = decideRetirement(generation, situation.family, description, situation.facts);
  const same = action.kind === due.kind && (action.kind !== 'count' || due.kind !== 'count' || action.purpose === due.purpose);
  const sameKey = generation.keyArn === run.generation.keyArn;
  const { deletion } = description;
  if (same && sameKey && isReplaced(generation) && deletion !== undefined) return { ...situation, generation, deletion };
  throw new Failure(ErrorName.RUN_SUPERSEDED, {
    where: generationAlias(description.alias, generation.generation),
    what: 'what this run has decided is not due any more',
    given: tell(due),
    allowed: tell(action),
    remedy: 'nothing is to be done here; the next run decides anew',
  });
}

/** Nothing is taken from an old generation unless records have another one to stand under. */
export function requireWorkingCurrent({ family }: Situation): void {
  if (family.current.keyState === 'Enabled') return;
  throw new Failure(ErrorName.KEY_NOT_READY, {
    where: family.alias,
    what: 'the current generation cannot be used, so no other one is retired',
    given: family.current.keyState,
    allowed: 'Enabled',
    remedy: `enable ${family.current.keyArn} first`,
  });
}

/** The certificate itself, not the tag that speaks of it: it has to be there, unaltered, and about this key. */
export async function requireCertificate(
  alias: string, { generation, keyArn, certifiedSince = '' }: Generation, evidence: EvidencePort,
): Promise<Certificate> {
  const key = certificateKey(alias, generation, certifiedSince);
  const certificate = await evidence.read<Certificate>(key);
  const isAbout = (found: Certificate) => found.keyArn === keyArn && found.census.startedAt === certifiedSince;
  if (certificate !== undefined && verifyCertificate(certificate) && isAbout(certificate)) return certificate;
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: generationAlias(alias, generation),
    what: certificate === undefined ? 'certificate of this generation is not in the evidence' : 'certificate of this generation has been altered',
    given: key,
    remedy: `find out who writes to the evidence bucket; empty the tag ${GenerationTag.CERTIFIED_SINCE} of the key to have it certified anew`,
  });
}

function tell(action: RetirementAction): string {
  if (action.kind === 'count') return `count to ${action.purpose}`;
  return 'reason' in action ? `${action.kind}: ${action.reason}` : action.kind;
}
