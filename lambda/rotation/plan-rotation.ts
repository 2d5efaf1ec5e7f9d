import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import { generationAlias } from '../../src/contract/generation-tags';
import type { GenerationReference, RotationRequest, RotationRun } from '../../src/contract/rotation-run';
import { findGeneration, isOutOfUse, olderThan, type Family, type Generation } from '../key-family/family';
import { Failure } from '../runtime/failure';

/** What is known besides the family when a rotation is asked for. */
export interface RotationCircumstances {
  /** What the source of key material offers now; absent when KMS makes the material. */
  readonly offer?: MaterialOffer;
  /** Runs that have not ended. */
  readonly activeRuns: readonly string[];
}

/** A version of the secret, and whether its bytes are those of the current generation. */
export interface MaterialOffer {
  readonly versionId: string;
  readonly alreadyInUse: boolean;
}

/** Nothing is left to do, or this is what to do. */
export type RotationPlan =
  | { readonly kind: 'nothing-to-do' }
  /** `takeOver`: a run that has ended left the new generation behind; this run goes on with it. */
  | { readonly kind: 'rotate'; readonly run: RotationRun; readonly takeOver: boolean };

/** Decides where a rotation begins, from the world as it is: a resumed rotation is planned like a new one. */
export function planRotation(
  family: Family, description: FamilyDescription, request: RotationRequest, circumstances: RotationCircumstances,
): RotationPlan {
  refuseSkippedNumbers(family, request);
  const to = findGeneration(family, request.toGeneration);
  const from = olderThan(family, request.toGeneration).filter((generation) => !isOutOfUse(generation));
  if (to !== undefined && family.current.generation >= request.toGeneration && from.length === 0) return { kind: 'nothing-to-do' };

  refuseRunsInProgress(family, request, circumstances, to);
  if (to === undefined || to.keyState === 'PendingImport') refuseOldBytes(family, description, circumstances);
  return {
    kind: 'rotate',
    takeOver: to !== undefined && to.run !== request.run,
    run: {
      ...request,
      from: from.map(toReference),
      all: olderThan(family, request.toGeneration).map(toReference),
      ...(to === undefined ? {} : { to: toReference(to) }),
      ...(circumstances.offer === undefined ? {} : { materialVersion: circumstances.offer.versionId }),
    },
  };
}

/** The number after the current one, or one that exists already and was not finished. Numbers are never reused. */
function refuseSkippedNumbers(family: Family, { toGeneration }: RotationRequest): void {
  const newest = family.generations[family.generations.length - 1] ?? family.current;
  const next = family.current.generation + 1;
  if (toGeneration === next || (toGeneration <= family.current.generation && toGeneration === newest.generation)) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: family.alias,
    what: 'a rotation leads to the next generation',
    given: `generation ${toGeneration}`,
    allowed: `generation ${next}`,
    remedy: 'ask again with the generation that follows the current one',
  });
}

function refuseRunsInProgress(family: Family, request: RotationRequest, { activeRuns }: RotationCircumstances, to: Generation | undefined): void {
  const other = [to?.run, ...family.unclaimed.filter((key) => key.generation === request.toGeneration).map((key) => key.run)]
    .find((run) => run !== undefined && run !== request.run && activeRuns.includes(run));
  if (other === undefined) return;
  throw new Failure(ErrorName.NOT_OUR_RUN, {
    where: generationAlias(family.alias, request.toGeneration),
    what: 'another run is rotating this family',
    given: `run ${request.run}`,
    allowed: `run ${other}`,
    remedy: 'wait until that run has ended; the next one goes on where it stopped',
  });
}

/** New bytes for each generation: the same bytes again would retire nothing. */
function refuseOldBytes(family: Family, description: FamilyDescription, { offer }: RotationCircumstances): void {
  if (description.material.kind !== 'secret' || offer === undefined || !offer.alreadyInUse) return;
  throw new Failure(ErrorName.BYTES_DUE, {
    where: description.material.secretArn,
    what: `AWSCURRENT still offers the bytes of the current generation of ${family.alias}`,
    given: `version ${offer.versionId}`,
    remedy: 'put 32 new random bytes into the secret as a new version; the next run goes on by itself',
  });
}

function toReference({ generation, keyArn }: Generation): GenerationReference {
  return { generation, keyArn };
}
