import type { GenerationPhase } from '../../src/contract/family/generation-tags';
import type { KeyDescription, KeyState, Tags } from '../ports/keys';

/** One KMS key of a rotating key. */
export interface Generation {
  readonly generation: number;
  readonly keyId: string;
  readonly keyArn: string;
  readonly keyState: KeyState;
  readonly origin: KeyDescription['origin'];
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
  /** Why a reconcile run does not rotate to this generation: consumers failed. */
  readonly rolledBack?: RolledBack;
  /** Whether failing consumers would have been detected when it was replaced. Absent until that watch has ended. */
  readonly consumerWatch?: 'proven' | 'unknown';
  /** Number of a deleted generation that was the highest of the family at the time of its deletion. */
  readonly highestGeneration?: number;
  /** The owner that declares the family, according to the tag of the key. */
  readonly owner?: string;
  readonly tags: Tags;
}

/** A generation from which the alias was moved back, because consumers failed. */
export interface RolledBack {
  /** When the alias was moved to it for the first time, ISO 8601. Absent if the tag cannot be read. */
  readonly firstMovedAt?: string;
  /** Digest of the declaration at that time. Absent if the tag cannot be read. */
  readonly declaration?: string;
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

/** A key of a generation that this role may not read. Its number is taken. */
export interface UnreadableGeneration {
  readonly generation: number;
  readonly keyId: string;
  readonly owner?: string;
  /** No alias names the key, such as one that is pending deletion. Any principal can write such tags. */
  readonly byTagOnly?: true;
}

/** Everything that KMS stores about a family, complete or not. Aliases and tags hold its state. */
export interface FamilyRegister {
  readonly alias: string;
  /** The generation that the alias names. Absent while the family is being created, and after its alias was deleted. */
  readonly current?: Generation;
  /** By number, the oldest first. Generations that are pending deletion are included. */
  readonly generations: readonly Generation[];
  readonly unclaimed: readonly UnclaimedKey[];
  readonly orphans: readonly OrphanedKey[];
  /** Absent: none. */
  readonly unreadable?: readonly UnreadableGeneration[];
  /** The key that the alias of the family names, if this role may not read it. */
  readonly hidden?: { readonly keyId: string; readonly owner?: string };
}

/** A rotating key in KMS, complete: its alias names a generation. */
export interface Family {
  readonly alias: string;
  /** The generation that the alias names. */
  readonly current: Generation;
  /** By number, the oldest first. */
  readonly generations: readonly Generation[];
  readonly unclaimed: readonly UnclaimedKey[];
  /** Absent: none. */
  readonly unreadable?: readonly UnreadableGeneration[];
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

/** Whether the alias of the family has never named a generation. */
export function isNew({ phase, currentSince }: Pick<Generation, 'phase' | 'currentSince'>): boolean {
  return phase === 'next' && currentSince === undefined;
}

/** What decides the number of the next generation. */
interface Numbered {
  readonly generations: readonly Pick<Generation, 'generation' | 'phase' | 'keyState' | 'currentSince' | 'origin' | 'highestGeneration'>[];
  readonly unreadable?: readonly Pick<UnreadableGeneration, 'generation'>[];
}

/**
 * The number of an unfinished generation, if there is one. Otherwise the number after all others: none is reused.
 *
 * An unfinished generation that was never current, and has another origin than the declared one, is passed over: it can
 * never get the declared key material. So is one with a lower number than a generation that was current.
 *
 * A number that only a key takes which is not proven to be a generation is passed over, and is not the highest one:
 * neither a forged tag nor the alias of another principal's key must use up the numbers.
 */
export function nextGeneration({ generations, unreadable = [] }: Numbered, declared: KeyDescription['origin']): number {
  const highestCurrent = Math.max(0, ...generations.filter((each) => !isNew(each)).map(({ generation }) => generation));
  const unfinished = generations.filter((each) => each.phase === 'next' && isLive(each)
    && (!isNew(each) || (each.origin === declared && each.generation > highestCurrent))).at(-1);
  const used = generations.map(({ generation, highestGeneration = 0 }) => Math.max(generation, highestGeneration));
  if (unfinished !== undefined) return unfinished.generation;
  const taken = new Set(unreadable.map(({ generation }) => generation));
  let next = Math.max(0, ...used) + 1;
  while (taken.has(next)) next++;
  return next;
}

export function findGeneration(family: Family, generation: number): Generation | undefined {
  return family.generations.find((candidate) => candidate.generation === generation);
}
