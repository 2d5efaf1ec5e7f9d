import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import { generationAlias } from '../../src/contract/generation-tags';
import type { GenerationReference, RotationRun } from '../../src/contract/rotation-run';
import { findGeneration, type Family, type Generation } from '../key-family/family';
import { readFamily } from '../key-family/read-family';
import type { KeyFamilyPort } from '../ports';
import { Failure } from '../runtime/failure';

/** A family that this run may change: read anew before every change of alias or policy. */
export interface OwnFamily {
  readonly family: Family;
  readonly to: Generation;
}

/** Reads the family again, and stops a run that has been overtaken by another run or by a deployment. */
export async function readOwnFamily(description: FamilyDescription, run: RotationRun, kms: KeyFamilyPort): Promise<OwnFamily> {
  const family = await readFamily(description.alias, kms);
  const to = findGeneration(family, run.toGeneration);
  if (to === undefined || to.run !== run.run) {
    throw new Failure(ErrorName.NOT_OUR_RUN, {
      where: generationAlias(description.alias, run.toGeneration),
      what: 'generation is in the hands of another run',
      given: `run ${run.run}`,
      allowed: to?.run === undefined ? 'none' : `run ${to.run}`,
      remedy: 'nothing is to be done here; the other run goes on',
    });
  }
  refuseOtherRevisions(description, [to, ...run.from.map(({ generation }) => findGeneration(family, generation))]);
  return { family, to };
}

function refuseOtherRevisions({ alias, policyRevision }: FamilyDescription, generations: readonly (Generation | undefined)[]): void {
  const other = generations.find((generation) => generation !== undefined && generation.policyRevision !== policyRevision);
  if (other === undefined) return;
  throw new Failure(ErrorName.NOT_OUR_RUN, {
    where: generationAlias(alias, other.generation),
    what: 'key policy has been deployed in another revision since this run was described',
    given: other.policyRevision ?? 'no revision',
    allowed: policyRevision,
    remedy: 'let the deployment finish; the next run starts with the policy that is deployed then',
  });
}

/** The new generation, which every step after the first can rely on. */
export function newGeneration(run: RotationRun): GenerationReference {
  if (run.to !== undefined) return run.to;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: `run ${run.run}`,
    what: `generation ${run.toGeneration} has not been created yet`,
    remedy: 'run the steps in their order: the generation is created before anything is done with it',
  });
}
