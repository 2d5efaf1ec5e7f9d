import { decideRetirement } from './decide-retirement';
import { verifyCertificate } from './hash-certificate';
import { readSituation, type Situation } from './read-situation';
import { isReplaced, type ReplacedGeneration } from './replaced-generation';
import type { RetirementPorts } from './retirement-ports';
import type { Certificate } from '../../src/contract/certificate';
import { ErrorName } from '../../src/contract/error-names';
import { certificateKey } from '../../src/contract/evidence';
import type { DeletionDescription, FamilyDescription } from '../../src/contract/family-description';
import { generationAlias, GenerationTag } from '../../src/contract/generation-tags';
import type { RetirementAction, RetirementRun } from '../../src/contract/retirement-run';
import type { Generation } from '../key-family/family';
import type { EvidencePort } from '../ports';
import { Failure } from '../runtime/failure';

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
  throw new Failure(ErrorName.NOT_OUR_RUN, {
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
