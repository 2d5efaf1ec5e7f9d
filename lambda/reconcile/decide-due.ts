import { daysUntilRotation, isRotationDue, MILLISECONDS_A_DAY } from './rotation-age';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { findGeneration, isEmptied, isLive, type Family, type Generation, type OrphanedKey, type UnclaimedKey } from '../key-family/family';
import type { Obstacle } from '../key-family/proof/generation-proof';
import { isHeld } from '../key-family/rolled-back';
import type { UnprovenGeneration } from '../key-family/update-generations';
import { isDisabledByRetirement } from '../retirement/decide/replaced-generation';
import { chooseGoal } from '../rotation/decide/rotation-goal';

/**
 * Whether the source of key material has key material that no generation has used. A source that cannot be read counts
 * as `missing`. Undefined if no rotation is near, so the source was not read.
 */
export type NewMaterial = 'available' | 'missing' | undefined;

/** The state of a family as a reconcile run reads it. */
export interface ObservedState {
  readonly family: Family;
  /** Generations whose key policy, tags or owner differ from the declared ones. */
  readonly drifted: readonly Generation[];
  /** Differs too, but nothing proves that they are generations. Absent: none. */
  readonly unproven?: readonly UnprovenGeneration[];
  /** ARNs of the running executions. */
  readonly runningRotations: readonly string[];
  readonly runningRetirements: readonly string[];
  readonly newMaterial: NewMaterial;
  /** Unclaimed keys without an alias that were never used. */
  readonly unusedUnclaimed: readonly UnclaimedKey[];
  /** Orphaned keys without an alias that were never used. */
  readonly unusedOrphans: readonly OrphanedKey[];
}

export type RotationReason =
  /** The current generation has reached its maximum age. */
  | 'due-by-age'
  /** A run was stopped before it had fenced every old generation. */
  | 'unfinished'
  /** Records may still be encrypted under a fenced generation. */
  | 'not-emptied';

type StartRotation = Extract<DueAction, { readonly kind: 'start-rotation' }>;

/** One action of a reconcile run. */
export type DueAction =
  | { readonly kind: 'correct-drift'; readonly generation: number }
  /** The generation differs from the declaration, and nothing proves that it is one: it is not changed. */
  | { readonly kind: 'report-unproven'; readonly generation: number; readonly obstacle: Obstacle }
  /** A rotation needs new key material within this number of days. 0: it is due, and cannot start without it. */
  | { readonly kind: 'announce-key-material'; readonly withinDays: number }
  | { readonly kind: 'start-rotation'; readonly toGeneration: number; readonly reason: RotationReason }
  /** No rotation starts: consumers failed after the alias had moved to this generation. */
  | { readonly kind: 'hold-rotation'; readonly toGeneration: number }
  /** `onlyReversals`: the run may only make the generation usable again. */
  | { readonly kind: 'start-retirement'; readonly generation: number; readonly onlyReversals?: true }
  /** The key becomes an orphan. If it is not enabled again, its deletion is scheduled a week later. */
  | { readonly kind: 'disable-unclaimed-key'; readonly keyId: string }
  | { readonly kind: 'schedule-orphan-deletion'; readonly keyId: string };

/**
 * Days before a rotation at which missing key material is announced: enough for a key ceremony, a reminder
 * and an alarm.
 */
const ANNOUNCED_DAYS_AHEAD = [0, 3, 14, 30];
export const FIRST_ANNOUNCED_DAYS_AHEAD = Math.max(...ANNOUNCED_DAYS_AHEAD);

/** A run that creates a key claims it within minutes, so an older unclaimed key belongs to no run. */
const DISABLE_UNCLAIMED_AFTER_DAYS = 1;
const DELETE_ORPHAN_AFTER_DAYS = 7;

/** Execution names of the retirements that reconcile runs start: `retire-g3-20261123`. */
const RETIREMENT_NAME = /:retire-g([0-9]+)-[0-9]{8}$/;

/**
 * Decides what is due today, from the observed and the declared state only.
 *
 * Reconcile runs keep no state of their own, so the next one makes up for one that did not run.
 */
export function decideDue(observed: ObservedState, intent: FamilyDescription, now: Date): DueAction[] {
  const noRotationRuns = observed.runningRotations.length === 0;
  if (intent.paused) return [...recheckPendingDeletions(observed), ...revert(observed)];
  const rotation = noRotationRuns ? decideRotation(observed, intent, now) : undefined;
  const mayRetire = noRotationRuns && rotation === undefined;
  return [
    // First, so that no other action that fails prevents what makes a key usable again.
    ...recheckPendingDeletions(observed),
    ...(mayRetire ? [] : revert(observed)),
    // A rotation run writes a key policy first and its revision tag second. Between the two writes they seem to differ.
    ...(noRotationRuns ? correctDrift(observed) : []),
    ...reportUnproven(observed),
    ...announceMaterial(observed, intent, now),
    ...(rotation === undefined ? [] : [rotation]),
    ...(noRotationRuns ? holdRotation(observed.family, intent) : []),
    // A rotation that is about to start may claim an unclaimed key, and counts what a retirement would count.
    ...(mayRetire ? [...retire(observed, intent), ...removeUnusedKeys(observed, now)] : []),
  ];
}

function reportUnproven({ unproven = [] }: ObservedState): DueAction[] {
  return unproven.map(({ generation: { generation }, obstacle }) => ({ kind: 'report-unproven', generation, obstacle }));
}

function correctDrift({ drifted, runningRetirements }: ObservedState): DueAction[] {
  return drifted
    .filter(({ generation }) => !mayBeInRetirement(generation, runningRetirements))
    .map(({ generation }) => ({ kind: 'correct-drift', generation }));
}

/** Pure: the rotation that is due, whether or not its key material is available. */
function dueRotation(family: Family, intent: FamilyDescription, now: Date): StartRotation | undefined {
  const { kind, toGeneration } = chooseGoal(family, intent, {});
  const start = (reason: RotationReason) => ({ kind: 'start-rotation' as const, toGeneration, reason });
  if (kind === 'finish') return start(areOldGenerationsFenced(family) ? 'not-emptied' : 'unfinished');
  const begun = findGeneration(family, toGeneration);
  // The alias has not moved to it. Without a schedule only an operator moves it forward, and after a rollback as well.
  const waitsForOperator = kind === 'rotate' && begun !== undefined && (intent.rotateEverySeconds === undefined || isHeld(begun, intent));
  if (begun !== undefined) return waitsForOperator ? undefined : start('unfinished');
  return isRotationDue(family, intent, now) ? start('due-by-age') : undefined;
}

function decideRotation({ family, newMaterial }: ObservedState, intent: FamilyDescription, now: Date): DueAction | undefined {
  const rotation = dueRotation(family, intent, now);
  if (rotation === undefined) return undefined;
  return needsMaterial(family, intent, rotation.toGeneration) && newMaterial === 'missing' ? undefined : rotation;
}

/** Reported every day, so that a rotation which waits for an operator is not forgotten. */
function holdRotation(family: Family, intent: FamilyDescription): DueAction[] {
  const { kind, toGeneration } = chooseGoal(family, intent, {});
  const begun = findGeneration(family, toGeneration);
  return kind === 'rotate' && begun !== undefined && isHeld(begun, intent) ? [{ kind: 'hold-rotation', toGeneration }] : [];
}

function announceMaterial({ family, newMaterial }: ObservedState, intent: FamilyDescription, now: Date): DueAction[] {
  if (newMaterial !== 'missing') return [];
  const inDays = daysUntilMaterialIsNeeded(family, intent, now);
  const withinDays = ANNOUNCED_DAYS_AHEAD.find((days) => inDays <= days);
  return withinDays === undefined ? [] : [{ kind: 'announce-key-material', withinDays }];
}

/**
 * Days until a rotation needs new key material. 0 if a due rotation needs it now, infinite if no rotation will need it.
 */
export function daysUntilMaterialIsNeeded(family: Family, intent: FamilyDescription, now: Date): number {
  if (intent.material.kind !== 'secret') return Infinity;
  const rotation = dueRotation(family, intent, now);
  if (rotation === undefined) return daysUntilRotation(family, intent, now);
  return needsMaterial(family, intent, rotation.toGeneration) ? 0 : Infinity;
}

function needsMaterial(family: Family, { material }: FamilyDescription, toGeneration: number): boolean {
  const to = findGeneration(family, toGeneration);
  return material.kind === 'secret' && (to === undefined || to.keyState === 'PendingImport');
}

/**
 * KMS executes a scheduled deletion by itself, so a retirement run checks it every day, in addition to other work. It
 * counts again, or cancels the deletion if the family is paused, if `deletion` is no longer declared, or if the pending
 * window ends soon.
 */
function recheckPendingDeletions({ family, runningRetirements }: ObservedState): DueAction[] {
  return family.generations
    .filter(({ keyState, recountedAt }) => keyState === 'PendingDeletion' && recountedAt !== undefined)
    // A retirement that an operator has started does not replace the check: it may be for another generation.
    .filter(({ generation }) => !runningRetirements.some((execution) => retiredBy(execution) === generation))
    .map(startRetirement);
}

/**
 * Starts a run for every generation that retirement has disabled. **What stops retirement does not stop a reversal**: a
 * pause, a rotation, a removed `deletion`. The run enables a generation that is used, or that nothing retires any more.
 */
function revert({ family, runningRetirements }: ObservedState): DueAction[] {
  return family.generations
    .filter((generation) => isLive(generation) && isDisabledByRetirement(generation))
    .filter(({ generation }) => !runningRetirements.some((execution) => retiredBy(execution) === generation))
    .map(({ generation }) => ({ kind: 'start-retirement', generation, onlyReversals: true }));
}

/** Selects the generations. The retirement run decides which of its steps is due. */
function retire(observed: ObservedState, { deletion }: FamilyDescription): DueAction[] {
  if (deletion === undefined) return revert(observed);
  const { family, runningRetirements } = observed;
  const isReplaced = (each: Generation) => each !== family.current && each.fencedSince !== undefined && isEmptied(each);
  return [
    ...family.generations
      .filter(isReplaced)
      .filter(({ keyState, generation }) => keyState !== 'PendingDeletion' && !mayBeInRetirement(generation, runningRetirements))
      .map(startRetirement),
    ...revert({ ...observed, family: { ...family, generations: family.generations.filter((each) => !isReplaced(each)) } }),
  ];
}

function startRetirement({ generation }: Generation): DueAction {
  return { kind: 'start-retirement', generation };
}

/** An execution that an operator has started under another name may be for any generation. */
function mayBeInRetirement(generation: number, running: readonly string[]): boolean {
  return running.map(retiredBy).some((retired) => retired === undefined || retired === generation);
}

/** The generation that an execution retires. Undefined if no reconcile run has started it. */
function retiredBy(execution: string): number | undefined {
  const [, number] = RETIREMENT_NAME.exec(execution) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Only unclaimed keys are removed. A claimed key is a generation. */
function removeUnusedKeys({ unusedUnclaimed, unusedOrphans }: ObservedState, now: Date): DueAction[] {
  const isOlder = (moment: string | Date, days: number) => now.getTime() - new Date(moment).getTime() >= days * MILLISECONDS_A_DAY;
  return [
    ...unusedUnclaimed
      .filter(({ createdAt }) => isOlder(createdAt, DISABLE_UNCLAIMED_AFTER_DAYS))
      .map(({ keyId }): DueAction => ({ kind: 'disable-unclaimed-key', keyId })),
    ...unusedOrphans
      // An operator has enabled the key again, to keep it.
      .filter(({ keyState, orphanedSince }) => keyState !== 'Enabled' && isOlder(orphanedSince, DELETE_ORPHAN_AFTER_DAYS))
      .map(({ keyId }): DueAction => ({ kind: 'schedule-orphan-deletion', keyId })),
  ];
}

function areOldGenerationsFenced({ generations, current }: Family): boolean {
  return generations.every((generation) => generation === current || generation.fencedSince !== undefined);
}
