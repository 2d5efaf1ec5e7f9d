import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias } from '../../../src/contract/family/generation-tags';
import type { RotationInput, RotationKind } from '../../../src/contract/runs/rotation-run';
import { findGeneration, isEmptied, isLive, nextGeneration, type Family, type Generation } from '../../key-family/family';

/** Where a run is to lead. */
export interface RotationGoal {
  readonly kind: RotationKind;
  readonly toGeneration: number;
}

/** Pure: what somebody who asks for this means, in the world as it is. */
export function chooseGoal(family: Family, { toGeneration, rollBackTo }: RotationInput): RotationGoal {
  if (rollBackTo !== undefined) return goBackTo(family, rollBackTo);
  const forward = goForward(family);
  const begun = findGeneration(family, forward.toGeneration) !== undefined;
  const left = unfinished(family);
  if (toGeneration === undefined) return !begun && left.length > 0 ? finish(family) : forward;
  if (toGeneration === forward.toGeneration) return forward;
  if (toGeneration === family.current.generation) {
    if (left.every(({ phase }) => phase === 'next')) return nothingToDo(family);
    if (!begun) return finish(family);
  }
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: family.alias,
    what: 'a rotation leads to the next generation',
    given: `generation ${toGeneration}`,
    allowed: `generation ${forward.toGeneration}`,
    remedy: 'ask again with the generation that is next, or with {}',
  });
}

/**
 * Nothing can stand under a generation that has not had its material yet, and nobody has been told of one that was given up before the
 * alias came to it.
 */
export function holdsNothing({ phase, keyState, currentSince, materialVersion }: Generation): boolean {
  if (phase !== 'next' || currentSince !== undefined) return false;
  return !isLive({ keyState }) || (keyState === 'PendingImport' && materialVersion === undefined);
}

/** Every generation besides the current one under which something may stand. */
function unfinished({ generations, current }: Family): Generation[] {
  return generations.filter((generation) => generation !== current && !isEmptied(generation) && !holdsNothing(generation));
}

/** To a generation that a stopped run has made or revived, and that the alias has not come to; otherwise to a new one. */
function goForward({ generations, current }: Family): RotationGoal {
  // The alias says which one is current, also where the tag is a step behind.
  const toGeneration = nextGeneration({ generations: generations.map((each) => (each === current ? { ...each, phase: 'current' } : each)) });
  return { kind: toGeneration < current.generation ? 'roll-back' : 'rotate', toGeneration };
}

function finish({ current }: Family): RotationGoal {
  return { kind: 'finish', toGeneration: current.generation };
}

function nothingToDo({ current }: Family): RotationGoal {
  return { kind: 'nothing-to-do', toGeneration: current.generation };
}

function goBackTo(family: Family, toGeneration: number): RotationGoal {
  const target = findGeneration(family, toGeneration);
  if (target === undefined) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: family.alias,
      what: 'generation does not exist, or exists no more',
      given: `generation ${toGeneration}`,
      allowed: `generation ${family.generations.map(({ generation }) => generation).join(', ')}`,
      remedy: 'roll back to one of these: what has been deleted is gone for ever',
    });
  }
  if (target === family.current) return unfinished(family).length > 0 ? finish(family) : nothingToDo(family);
  refuseMissingMaterial(family.alias, target);
  return { kind: 'roll-back', toGeneration };
}

/** A generation whose key material was deleted or has expired encrypts nothing, and no step of ours could know its bytes. */
export function refuseMissingMaterial(alias: string, { generation, keyState, keyArn, materialVersion }: Generation): void {
  if (keyState !== 'PendingImport') return;
  throw new Failure(ErrorName.KEY_NOT_READY, {
    where: generationAlias(alias, generation),
    what: 'generation has no key material',
    given: keyState,
    allowed: 'Enabled, Disabled or PendingDeletion',
    remedy: materialVersion === undefined
      ? `import the material of ${keyArn} again, then ask again`
      : `import the same bytes into ${keyArn} again (version ${materialVersion} of its secret), then ask again`,
  });
}
