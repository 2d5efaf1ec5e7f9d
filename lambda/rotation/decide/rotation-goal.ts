import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, MAX_GENERATION_DIGITS } from '../../../src/contract/family/generation-tags';
import type { RotationInput, RotationKind } from '../../../src/contract/runs/rotation-run';
import { findGeneration, isEmptied, isLive, nextGeneration, type Family, type Generation } from '../../key-family/family';
import { materialOrigin } from '../../key-family/proof/material-origin';

/** Kind and target of a run. */
export interface RotationGoal {
  readonly kind: RotationKind;
  readonly toGeneration: number;
}

/** Pure: derives the goal of a run from its input and from the current state of the family. */
export function chooseGoal(
  family: Family, description: Pick<FamilyDescription, 'material'>, { toGeneration, rollBackTo }: RotationInput,
): RotationGoal {
  if (rollBackTo !== undefined) return rollBack(family, rollBackTo);
  const next = rotateToNext(family, description);
  const begun = findGeneration(family, next.toGeneration) !== undefined;
  const old = unfinished(family);
  if (toGeneration === undefined) return !begun && old.length > 0 ? finish(family) : next;
  if (toGeneration === next.toGeneration) return next;
  if (toGeneration === family.current.generation) {
    if (old.every(({ phase }) => phase === 'next')) return nothingToDo(family);
    if (!begun) return finish(family);
  }
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: family.alias,
    what: 'toGeneration is not the next generation',
    given: `generation ${toGeneration}`,
    allowed: `generation ${next.toGeneration}`,
    remedy: 'start the execution with the number of the next generation, or with {}',
  });
}

/**
 * Whether no record can be encrypted under a generation: it never had key material, or its deletion was scheduled
 * before the alias named it, so no application knows it.
 */
export function cannotHaveRecords({ phase, keyState, currentSince, materialVersion }: Generation): boolean {
  if (phase !== 'next' || currentSince !== undefined) return false;
  return !isLive({ keyState }) || (keyState === 'PendingImport' && materialVersion === undefined);
}

/** Every generation except the current one under which a record may still be encrypted. */
function unfinished({ generations, current }: Family): Generation[] {
  return generations.filter((generation) => generation !== current && !isEmptied(generation) && !cannotHaveRecords(generation));
}

/**
 * The target is the generation that a stopped run created or restored, if the alias does not name it yet; otherwise a
 * new one.
 */
function rotateToNext({ alias, generations, current, unreadable }: Family, description: Pick<FamilyDescription, 'material'>): RotationGoal {
  // The alias decides which generation is current, also if a stopped run did not update the phase tag.
  const toGeneration = nextGeneration({
    generations: generations.map((each) => (each === current ? { ...each, phase: 'current' } : each)),
    unreadable,
  }, materialOrigin(description));
  refuseUsedUpNumbers(alias, toGeneration, generations);
  return { kind: toGeneration < current.generation ? 'roll-back' : 'rotate', toGeneration };
}

/** A principal that may create aliases can use the numbers up. Only an operator knows which alias is wrong. */
function refuseUsedUpNumbers(alias: string, toGeneration: number, generations: readonly Generation[]): void {
  const highest = generations.at(-1);
  if (String(toGeneration).length <= MAX_GENERATION_DIGITS || highest === undefined) return;
  throw new Failure(ErrorName.FAMILY_CONTRADICTION, {
    where: generationAlias(alias, highest.generation),
    what: 'no number is left for the next generation',
    given: highest.keyArn,
    allowed: `numbers with at most ${MAX_GENERATION_DIGITS} digits`,
    remedy: 'if no rotation created this key (CloudTrail: CreateKey, CreateAlias), delete this alias, then run the rotation again',
  });
}

function finish({ current }: Family): RotationGoal {
  return { kind: 'finish', toGeneration: current.generation };
}

function nothingToDo({ current }: Family): RotationGoal {
  return { kind: 'nothing-to-do', toGeneration: current.generation };
}

function rollBack(family: Family, toGeneration: number): RotationGoal {
  const target = findGeneration(family, toGeneration);
  if (target === undefined) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: family.alias,
      what: 'generation does not exist, or was deleted',
      given: `generation ${toGeneration}`,
      allowed: `generation ${family.generations.map(({ generation }) => generation).join(', ')}`,
      remedy: 'roll back to one of the allowed generations; the deletion of a KMS key cannot be undone',
    });
  }
  if (target === family.current) return unfinished(family).length > 0 ? finish(family) : nothingToDo(family);
  refuseMissingMaterial(family.alias, target);
  return { kind: 'roll-back', toGeneration };
}

/**
 * A generation without key material cannot encrypt, and no step can restore the key material: only its owner has it.
 */
export function refuseMissingMaterial(alias: string, { generation, keyState, keyArn, materialVersion }: Generation): void {
  if (keyState !== 'PendingImport') return;
  throw new Failure(ErrorName.KEY_NOT_READY, {
    where: generationAlias(alias, generation),
    what: 'generation has no key material',
    given: keyState,
    allowed: 'Enabled, Disabled or PendingDeletion',
    remedy: materialVersion === undefined
      ? `import the same key material into ${keyArn} again, then start the rollback again`
      : `import the same key material into ${keyArn} again (version ${materialVersion} of its secret), then start the rollback again`,
  });
}
