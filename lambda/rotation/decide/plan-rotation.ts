import { refusePaused } from './paused';
import { chooseGoal, holdsNothing } from './rotation-goal';
import { refuseOtherRuns } from '../run-ownership';
import { toReference, withTarget } from './targets';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RotationInput, RotationRun, ShardItem } from '../../../src/contract/runs/rotation-run';
import { findGeneration, isEmptied, type Family, type Generation } from '../../key-family/family';

/** What is known besides the family when a rotation is asked for. */
export interface RotationCircumstances {
  /** The run that asks. */
  readonly run: string;
  /** Runs that have not ended. */
  readonly activeRuns: readonly string[];
  readonly now: Date;
}

/** Decides where a rotation begins, from the world as it is: a resumed rotation is planned like a new one. */
export function planRotation(
  family: Family, description: FamilyDescription, input: RotationInput, circumstances: RotationCircumstances,
): RotationRun {
  refusePaused(description, input.rollBackTo === undefined ? 'rotate' : 'roll-back');
  const goal = chooseGoal(family, input);
  const run: RotationRun = {
    run: circumstances.run,
    ...goal,
    from: [],
    others: [],
    waitAfterMoveSeconds: waitAfterMove(family, description, goal.kind, circumstances.now),
    shards: shardsOf(description),
  };
  if (goal.kind === 'nothing-to-do') return run;

  refuseOtherRuns(family, circumstances.run, circumstances.activeRuns);
  const others = family.generations.filter(({ generation }) => generation !== goal.toGeneration);
  const from = others.filter((generation) => !isEmptied(generation) && !holdsNothing(generation));
  const planned: RotationRun = {
    ...run,
    from: from.map(toReference),
    others: others.map(toReference),
    ...(goal.kind === 'finish' ? { movedAt: movedAt(family.current) ?? circumstances.now.toISOString() } : {}),
  };
  const to = findGeneration(family, goal.toGeneration);
  return to === undefined ? planned : withTarget(planned, toReference(to));
}

/** When the alias came to the generation that it names; not known where the tags are a step behind. */
function movedAt({ phase, currentSince }: Generation): string | undefined {
  return phase === 'current' ? currentSince : undefined;
}

/** A family that has replaced nothing yet settles longer; one whose alias has moved already settles for as long as is left of it. */
function waitAfterMove(family: Family, description: FamilyDescription, kind: RotationRun['kind'], now: Date): number {
  const { propagationDelaySeconds, firstRotationWatchSeconds } = description;
  const seconds = kind !== 'roll-back' && hasReplacedNothing(family) ? firstRotationWatchSeconds : propagationDelaySeconds;
  const since = movedAt(family.current);
  if (kind !== 'finish' || since === undefined) return seconds;
  return Math.min(seconds, Math.max(0, Math.ceil(seconds - (now.getTime() - Date.parse(since)) / 1000)));
}

/** Numbers begin with 0 or 1: a family that lacks them has retired what it replaced. */
function hasReplacedNothing({ generations }: Family): boolean {
  const untouched = generations.every(({ phase, fencedSince, emptiedSince }) =>
    (phase === 'next' || phase === 'current') && fencedSince === undefined && emptiedSince === undefined);
  return untouched && generations.some(({ generation }) => generation <= 1);
}

function shardsOf({ stores }: FamilyDescription): ShardItem[] {
  return stores.flatMap(({ storeId, shards }) => Array.from({ length: shards }, (_, shard) => ({ storeId, shard })));
}
