import type { GenerationPhase } from '../../src/contract/generation-tags';
import type { KeyState } from '../ports';

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
  /** When the fence was first seen to hold, ISO 8601. */
  readonly fencedSince?: string;
  /** When a census that counts had found nothing under it, ISO 8601. */
  readonly emptiedSince?: string;
}

/** A key that a run made and had no time to claim a number for. */
export interface UnclaimedKey {
  readonly keyId: string;
  readonly keyArn: string;
  readonly generation: number;
  readonly run: string;
  readonly createdAt: Date;
}

/** A rotating key as it stands in KMS: read from aliases and tags, which are its only database. */
export interface Family {
  readonly alias: string;
  /** The generation that the alias names. */
  readonly current: Generation;
  /** By number, the oldest first. */
  readonly generations: readonly Generation[];
  readonly unclaimed: readonly UnclaimedKey[];
}

/** Counted to zero, and disabled since: nothing is left to do about it. Somebody who enables it again brings it back into use. */
export function isOutOfUse({ emptiedSince, keyState }: Generation): boolean {
  return emptiedSince !== undefined && keyState !== 'Enabled';
}

/** The generations older than `generation`, the oldest first. */
export function olderThan(family: Family, generation: number): Generation[] {
  return family.generations.filter((candidate) => candidate.generation < generation);
}

export function findGeneration(family: Family, generation: number): Generation | undefined {
  return family.generations.find((candidate) => candidate.generation === generation);
}
