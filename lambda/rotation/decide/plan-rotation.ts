import { MIN_CHECK_INTERVAL_SECONDS, shortestWatchSeconds } from './decide-consumers';
import { refusePaused } from './paused';
import { cannotHaveRecords, chooseGoal } from './rotation-goal';
import { refuseOtherRuns } from '../run-ownership';
import { toReference, withTarget } from './targets';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RotationInput, RotationRun, ShardItem } from '../../../src/contract/runs/rotation-run';
import { findGeneration, isEmptied, type Family, type Generation } from '../../key-family/family';

/** Facts besides the family at the start of a rotation. */
export interface RotationCircumstances {
  /** Id of the run that is being planned: see `runId`. */
  readonly run: string;
  /** ARNs of the running executions. */
  readonly activeRuns: readonly string[];
  readonly now: Date;
}

/** Plans a rotation from the current state of the family: a stopped rotation is planned like a new one. */
export function planRotation(
  family: Family, description: FamilyDescription, input: RotationInput, circumstances: RotationCircumstances,
): RotationRun {
  refusePaused(description, input.rollBackTo === undefined ? 'rotate' : 'roll-back');
  const goal = chooseGoal(family, description, input);
  const run: RotationRun = {
    run: circumstances.run,
    ...goal,
    from: [],
    others: [],
    watchSeconds: watchSeconds(family, description, goal.kind),
    nextCheckSeconds: MIN_CHECK_INTERVAL_SECONDS,
    shards: shardsOf(description),
  };
  if (goal.kind === 'nothing-to-do') return run;

  refuseOtherRuns(family, circumstances.run, circumstances.activeRuns);
  const others = family.generations.filter(({ generation }) => generation !== goal.toGeneration);
  const from = others.filter((generation) => !isEmptied(generation) && !cannotHaveRecords(generation));
  const planned: RotationRun = {
    ...run,
    from: from.map(toReference),
    others: others.map(toReference),
    ...(goal.kind === 'finish' ? { movedAt: movedAt(family.current) ?? circumstances.now.toISOString() } : {}),
  };
  const to = findGeneration(family, goal.toGeneration);
  return to === undefined ? planned : withTarget(planned, toReference(to));
}

/**
 * Time at which the alias moved to the current generation. Undefined if a stopped run did not record it in the tags.
 */
function movedAt({ phase, currentSince }: Generation): string | undefined {
  return phase === 'current' ? currentSince : undefined;
}

/** Seconds for which consumers are watched after the alias has moved. The first rotation of a family watches longer. */
function watchSeconds(family: Family, description: FamilyDescription, kind: RotationRun['kind']): number {
  const declared = kind !== 'roll-back' && isFirstRotation(family) ? description.firstRotationWatchSeconds : 0;
  return Math.max(declared, shortestWatchSeconds(description));
}

/**
 * Whether this is the first rotation. Numbers begin with 0 or 1, so a family without them has retired
 * a generation before.
 */
function isFirstRotation({ generations }: Family): boolean {
  const untouched = generations.every(({ phase, fencedSince, emptiedSince }) =>
    (phase === 'next' || phase === 'current') && fencedSince === undefined && emptiedSince === undefined);
  return untouched && generations.some(({ generation }) => generation <= 1);
}

function shardsOf({ stores }: FamilyDescription): ShardItem[] {
  return stores.flatMap(({ storeId, shards }) => Array.from({ length: shards }, (_, shard) => ({ storeId, shard })));
}
