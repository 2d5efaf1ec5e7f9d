import type { GenerationPhase } from '../../src/contract/family/generation-tags';
import type { KeyState, Tags } from '../ports';

/** One KMS key in a rotating key's life. */
export interface Generation {
  readonly generation: number;
  readonly keyId: string;
  readonly keyArn: string;
  readonly keyState: KeyState;
  readonly phase: GenerationPhase;
  /** The run that works on this generation, if one ever did. */
  readonly run?: string;
  readonly policyRevision?: string;
  readonly materialVersion?: string;
  readonly createdAt: Date;
  /** When the alias came to this generation, ISO 8601. */
  readonly currentSince?: string;
  /** When the fence was first seen to hold, ISO 8601. */
  readonly fencedSince?: string;
  /** When a rotation's census had found nothing under it, ISO 8601. */
  readonly emptiedSince?: string;
  /** When the census began that its certificate rests on, ISO 8601. */
  readonly certifiedSince?: string;
  /** When its soak began, ISO 8601. */
  readonly disabledSince?: string;
  /** When the census began that allowed its deletion to be scheduled, or that confirmed it since, ISO 8601. */
  readonly recountedAt?: string;
  /** A number that was given to a generation which has been deleted since, higher than that of any other one then. */
  readonly highestGeneration?: number;
  /** Who declares the family, as the key says it. */
  readonly owner?: string;
  readonly tags: Tags;
}

/** Who runs the first steps of a family: no execution of a state machine, but the deployment itself. */
export const DEPLOYMENT_RUN = 'deployment';

/** A key that a run made and had no time to claim a number for. */
export interface UnclaimedKey {
  readonly keyId: string;
  readonly keyArn: string;
  readonly generation: number;
  readonly run: string;
  readonly createdAt: Date;
  readonly owner?: string;
}

/** An unclaimed key that was set aside since nobody came back for it: no run claims it any more. */
export interface OrphanedKey extends UnclaimedKey {
  readonly keyState: KeyState;
  /** ISO 8601. */
  readonly setAsideSince: string;
}

/** All that KMS knows of a family, read from aliases and tags, which are its only database; finished or not. */
export interface FamilyRegister {
  readonly alias: string;
  /** The generation that the alias names. Absent while the family is being made, and when somebody has deleted the alias. */
  readonly current?: Generation;
  /** By number, the oldest first. Those that are pending deletion belong to it, too. */
  readonly generations: readonly Generation[];
  readonly unclaimed: readonly UnclaimedKey[];
  readonly orphans: readonly OrphanedKey[];
}

/** A rotating key as it stands in KMS. */
export interface Family {
  readonly alias: string;
  /** The generation that the alias names. */
  readonly current: Generation;
  /** By number, the oldest first. */
  readonly generations: readonly Generation[];
  readonly unclaimed: readonly UnclaimedKey[];
}

/** A family, and what was set aside around it. */
export interface WholeFamily extends Family {
  readonly orphans: readonly OrphanedKey[];
}

/** Counted to zero by a rotation, and nothing has been found under it since. */
export function isEmptied({ emptiedSince }: Generation): boolean {
  return emptiedSince !== undefined;
}

/** Not about to be deleted: KMS lets nothing be written on a key that is. */
export function isLive({ keyState }: Pick<Generation, 'keyState'>): boolean {
  return keyState !== 'PendingDeletion' && keyState !== 'PendingReplicaDeletion';
}

/** The number that a rotation leads to: one that was begun and not finished, or the one after all others. Numbers are never reused. */
export function nextGeneration(
  { generations }: { readonly generations: readonly Pick<Generation, 'generation' | 'phase' | 'keyState' | 'highestGeneration'>[] },
): number {
  const begun = generations.filter((generation) => generation.phase === 'next' && isLive(generation)).at(-1);
  const given = generations.map(({ generation, highestGeneration = 0 }) => Math.max(generation, highestGeneration));
  return begun?.generation ?? Math.max(0, ...given) + 1;
}

export function findGeneration(family: Family, generation: number): Generation | undefined {
  return family.generations.find((candidate) => candidate.generation === generation);
}
