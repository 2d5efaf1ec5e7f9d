import { daysUntilRotation, isRotationDue, MILLISECONDS_A_DAY } from './rotation-age';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { findGeneration, isEmptied, type Family, type Generation, type OrphanedKey, type UnclaimedKey } from '../key-family/family';
import { chooseGoal } from '../rotation/decide/rotation-goal';

/**
 * What the source of key material offers: bytes that no generation has had, or bytes in use. One that offers nothing at all offers no new
 * ones either. Undefined when nobody needs to know yet.
 */
export type MaterialOffer = 'new' | 'used' | undefined;

/** The world as a tick finds it. */
export interface ReconcileWorld {
  readonly family: Family;
  /** Live generations whose policy, tags or owner are not what is declared. */
  readonly behind: readonly Generation[];
  /** The executions that have not ended, by ARN. */
  readonly runningRotations: readonly string[];
  readonly runningRetirements: readonly string[];
  readonly bytes: MaterialOffer;
  /** Unclaimed keys without any alias that nobody has ever used. */
  readonly strays: readonly UnclaimedKey[];
  /** The same, among those that were set aside before. */
  readonly orphans: readonly OrphanedKey[];
}

export type RotationReason =
  /** The current generation is as old as it may become. */
  | 'due-by-age'
  /** A run was stopped before it had fenced every old generation. */
  | 'unfinished'
  /** Something may stand under a generation that has been fenced. */
  | 'not-emptied';

type StartRotation = Extract<DueAction, { readonly kind: 'start-rotation' }>;

/** One thing that a tick does. */
export type DueAction =
  | { readonly kind: 'bring-up-to-date'; readonly generation: number }
  /** Bytes will be wanted within so many days; 0: a rotation waits for them. */
  | { readonly kind: 'announce-key-material'; readonly withinDays: number }
  | { readonly kind: 'start-rotation'; readonly toGeneration: number; readonly reason: RotationReason }
  | { readonly kind: 'start-retirement'; readonly generation: number }
  /** A key that was made in vain is disabled, and if nobody misses it, scheduled for deletion a week later. */
  | { readonly kind: 'set-aside'; readonly keyId: string }
  | { readonly kind: 'schedule-deletion'; readonly keyId: string };

/** A rotation that needs bytes is announced so many days ahead: time for a ceremony, for a reminder, and for an alarm. */
const ANNOUNCED_DAYS_AHEAD = [0, 3, 14, 30];
export const FIRST_ANNOUNCED_DAYS_AHEAD = Math.max(...ANNOUNCED_DAYS_AHEAD);

/** Whoever has only just made a key claims it within minutes. */
const STRAY_AFTER_DAYS = 1;
const ORPHAN_KEPT_DAYS = 7;

/** How the tick names its retirements: `retire-g3-20261123`. */
const RETIREMENT_NAME = /:retire-g([0-9]+)-[0-9]{8}$/;

/**
 * What is due today: the one place where it is decided, from the world as it is and what is declared.
 *
 * Nothing is remembered between ticks, so one that was missed is caught up by the next.
 */
export function decideDue(world: ReconcileWorld, intent: FamilyDescription, now: Date): DueAction[] {
  const atRest = world.runningRotations.length === 0;
  if (intent.paused) return watchDeletions(world);
  const rotation = atRest ? decideRotation(world, intent, now) : undefined;
  return [
    // A run writes a policy, then the tag that says so: in between they seem to differ.
    ...(atRest ? bringUpToDate(world) : []),
    ...announceMaterial(world, intent, now),
    ...(rotation === undefined ? [] : [rotation]),
    ...watchDeletions(world),
    // A run that is about to begin looks for keys that were made in vain, and counts what a retirement would count.
    ...(atRest && rotation === undefined ? [...retire(world, intent), ...clearAway(world, now)] : []),
  ];
}

function bringUpToDate({ behind, runningRetirements }: ReconcileWorld): DueAction[] {
  return behind
    .filter(({ generation }) => !mayBeInRetirement(generation, runningRetirements))
    .map(({ generation }) => ({ kind: 'bring-up-to-date', generation }));
}

/** Pure: the rotation that is due, whether or not it has the bytes it needs. */
function dueRotation(family: Family, intent: FamilyDescription, now: Date): StartRotation | undefined {
  const { kind, toGeneration } = chooseGoal(family, {});
  const start = (reason: RotationReason) => ({ kind: 'start-rotation' as const, toGeneration, reason });
  if (kind === 'finish') return start(isWhollyFenced(family) ? 'not-emptied' : 'unfinished');
  if (findGeneration(family, toGeneration) !== undefined) return start('unfinished');
  return isRotationDue(family, intent, now) ? start('due-by-age') : undefined;
}

function decideRotation({ family, bytes }: ReconcileWorld, intent: FamilyDescription, now: Date): DueAction | undefined {
  const rotation = dueRotation(family, intent, now);
  return rotation !== undefined && needsMaterial(family, intent, rotation.toGeneration) && bytes === 'used' ? undefined : rotation;
}

function announceMaterial({ family, bytes }: ReconcileWorld, intent: FamilyDescription, now: Date): DueAction[] {
  if (bytes !== 'used') return [];
  const inDays = daysUntilMaterialIsNeeded(family, intent, now);
  const withinDays = ANNOUNCED_DAYS_AHEAD.find((days) => inDays <= days);
  return withinDays === undefined ? [] : [{ kind: 'announce-key-material', withinDays }];
}

/** 0: a rotation waits for them. Infinite: none will. */
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
 * A deletion that retirement has scheduled comes to its end by itself. It is looked at every day, whatever else goes on: retirement
 * counts once more, or cancels it when the family is paused, deletion is declared no more, or the days are running out.
 */
function watchDeletions({ family, runningRetirements }: ReconcileWorld): DueAction[] {
  return family.generations
    .filter(({ keyState, recountedAt }) => keyState === 'PendingDeletion' && recountedAt !== undefined)
    // Not even a run that somebody has started by hand keeps the tick from it: it may be about another generation.
    .filter(({ generation }) => !runningRetirements.some((execution) => retiredBy(execution) === generation))
    .map(startRetirement);
}

/** Retirement decides itself what is due for a generation; here only which ones it looks at. */
function retire({ family, runningRetirements }: ReconcileWorld, { deletion }: FamilyDescription): DueAction[] {
  if (deletion === undefined) return [];
  return family.generations
    .filter((generation) => generation !== family.current && generation.fencedSince !== undefined && isEmptied(generation))
    .filter(({ keyState, generation }) => keyState !== 'PendingDeletion' && !mayBeInRetirement(generation, runningRetirements))
    .map(startRetirement);
}

function startRetirement({ generation }: Generation): DueAction {
  return { kind: 'start-retirement', generation };
}

/** A run that somebody has started under another name may be about any generation. */
function mayBeInRetirement(generation: number, running: readonly string[]): boolean {
  return running.map(retiredBy).some((retired) => retired === undefined || retired === generation);
}

/** The generation that an execution of the tick's own is about. */
function retiredBy(execution: string): number | undefined {
  const [, number] = RETIREMENT_NAME.exec(execution) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** A key that was claimed is never an orphan. */
function clearAway({ strays, orphans }: ReconcileWorld, now: Date): DueAction[] {
  const isOlder = (moment: string | Date, days: number) => now.getTime() - new Date(moment).getTime() >= days * MILLISECONDS_A_DAY;
  return [
    ...strays
      .filter(({ createdAt }) => isOlder(createdAt, STRAY_AFTER_DAYS))
      .map(({ keyId }): DueAction => ({ kind: 'set-aside', keyId })),
    ...orphans
      // Somebody who has enabled it again wants it.
      .filter(({ keyState, orphanedSince }) => keyState !== 'Enabled' && isOlder(orphanedSince, ORPHAN_KEPT_DAYS))
      .map(({ keyId }): DueAction => ({ kind: 'schedule-deletion', keyId })),
  ];
}

function isWhollyFenced({ generations, current }: Family): boolean {
  return generations.every((generation) => generation === current || generation.fencedSince !== undefined);
}
