import type { GenerationPhase } from '../../src/contract/family/generation-tags';
import type { KeyState, Tags } from '../ports/keys';

/** One KMS key of a rotating key. */
export interface Generation {
  readonly generation: number;
  readonly keyId: string;
  readonly keyArn: string;
  readonly keyState: KeyState;
  readonly phase: GenerationPhase;
  /** The latest run that changed this generation. Absent for an adopted key that no run has changed. */
  readonly run?: string;
  readonly policyRevision?: string;
  readonly materialVersion?: string;
  readonly createdAt: Date;
  /** When the alias was moved to this generation, ISO 8601. */
  readonly currentSince?: string;
  /** When the fence was first confirmed to be in force, ISO 8601. */
  readonly fencedSince?: string;
  /** When the census of a rotation found no record under this generation, ISO 8601. */
  readonly emptiedSince?: string;
  /** When the census behind its certificate began, ISO 8601. */
  readonly certifiedSince?: string;
  /** When its soak began, ISO 8601. */
  readonly disabledSince?: string;
  /** When the census began that allowed its deletion to be scheduled, or the latest one that confirmed it, ISO 8601. */
  readonly recountedAt?: string;
  /** Number of a deleted generation that was the highest of the family at the time of its deletion. */
  readonly highestGeneration?: number;
  /** The owner that declares the family, according to the tag of the key. */
  readonly owner?: string;
  readonly tags: Tags;
}

/** Run of the first steps of a family, which a deployment performs and not an execution of a state machine. */
export const DEPLOYMENT_RUN = 'deployment';

/** A key that a run created and for which it claimed no number before it was stopped. */
export interface UnclaimedKey {
  readonly keyId: string;
  readonly keyArn: string;
  readonly generation: number;
  readonly run: string;
  readonly createdAt: Date;
  readonly owner?: string;
}

/** An unclaimed key that a reconcile run has marked because no run continued with it. From then on no run claims it. */
export interface OrphanedKey extends UnclaimedKey {
  readonly keyState: KeyState;
  /** ISO 8601. */
  readonly orphanedSince: string;
}

/** Everything that KMS stores about a family, complete or not. Aliases and tags are its only database. */
export interface FamilyRegister {
  readonly alias: string;
  /** The generation that the alias names. Absent while the family is being created, and after its alias was deleted. */
  readonly current?: Generation;
  /** By number, the oldest first. Generations that are pending deletion are included. */
  readonly generations: readonly Generation[];
  readonly unclaimed: readonly UnclaimedKey[];
  readonly orphans: readonly OrphanedKey[];
}

/** A rotating key in KMS, complete: its alias names a generation. */
export interface Family {
  readonly alias: string;
  /** The generation that the alias names. */
  readonly current: Generation;
  /** By number, the oldest first. */
  readonly generations: readonly Generation[];
  readonly unclaimed: readonly UnclaimedKey[];
}

/** A family and its orphaned keys. */
export interface FamilyWithOrphans extends Family {
  readonly orphans: readonly OrphanedKey[];
}

/** Whether the census of a rotation found no record under this generation, and none has been found since. */
export function isEmptied({ emptiedSince }: Generation): boolean {
  return emptiedSince !== undefined;
}

/** Whether a key is not pending deletion. KMS refuses tags, aliases and descriptions for a key that is. */
export function isLive({ keyState }: Pick<Generation, 'keyState'>): boolean {
  return keyState !== 'PendingDeletion' && keyState !== 'PendingReplicaDeletion';
}

/** The number of an unfinished generation, if there is one. Otherwise the number after all others: none is reused. */
export function nextGeneration(
  { generations }: { readonly generations: readonly Pick<Generation, 'generation' | 'phase' | 'keyState' | 'highestGeneration'>[] },
): number {
  const unfinished = generations.filter((generation) => generation.phase === 'next' && isLive(generation)).at(-1);
  const used = generations.map(({ generation, highestGeneration = 0 }) => Math.max(generation, highestGeneration));
  return unfinished?.generation ?? Math.max(0, ...used) + 1;
}

export function findGeneration(family: Family, generation: number): Generation | undefined {
  return family.generations.find((candidate) => candidate.generation === generation);
}
