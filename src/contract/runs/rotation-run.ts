import type { GenerationArns, PassMode } from './reencryption';

/** A generation as a run refers to it. */
export interface GenerationReference {
  readonly generation: number;
  readonly keyArn: string;
}

/**
 * What starts the rotation state machine: `{}` rotates to the next generation, or goes on with a rotation that was stopped.
 *
 * A person writes it by hand, so it is read with care.
 */
export interface RotationInput {
  /**
   * Rotates to this generation and to no other: the number that is next, or one that a stopped rotation has left unfinished. What is
   * finished is left alone, so that a start that comes twice or late rotates once. Not together with `rollBackTo`.
   */
  readonly toGeneration?: number;
  /** Brings an older generation back as the current one, and re-encrypts to it. From any state before its deletion. */
  readonly rollBackTo?: number;
}

/** What a run is about. `finish` empties old generations while the alias already names the newest one. */
export type RotationKind = 'nothing-to-do' | 'rotate' | 'finish' | 'roll-back';

/** One pass over the stores, as the state machine hands it to its shards. */
export interface Pass {
  /** 1 for the first pass of the run, whatever its mode; names its evidence. */
  readonly number: number;
  readonly mode: PassMode;
  /** ISO 8601. A census that proves something began after the fence. */
  readonly startedAt: string;
}

/** A part of a store, as an item of a Distributed Map. */
export interface ShardItem {
  readonly storeId: string;
  readonly shard: number;
}

/** What the steps of a rotation hand on to each other. Plain data: it travels through the state machine. */
export interface RotationRun {
  /** The ARN of the execution. A resumed rotation is a new run that finds the world as it is. */
  readonly run: string;
  readonly kind: RotationKind;
  readonly toGeneration: number;
  /** Known once the generation exists. */
  readonly to?: GenerationReference;
  /** The generations that are emptied: every other one under which something may stand. */
  readonly from: readonly GenerationReference[];
  /** Every generation but `to` whose blobs may stand in the stores. */
  readonly others: readonly GenerationReference[];
  /** For the worker; known once the generation exists. */
  readonly generations?: GenerationArns;
  /** The version of the secret whose bytes the new generation gets. */
  readonly materialVersion?: string;
  /** How long to settle after the alias has moved: longer the first time. */
  readonly waitAfterMoveSeconds: number;
  /** When the alias was moved, or was seen to be there: from then on trouble of consumers counts. ISO 8601. */
  readonly movedAt?: string;
  /** Whether consumers failed since the alias has moved, and what to do about it. */
  readonly consumers?: 'working' | 'failing';
  /** How the fence stands: `held` when every old generation has refused to encrypt. */
  readonly fence?: { readonly held: boolean; readonly probes: number; readonly fencedAt?: string };
  /** All shards of all stores. */
  readonly shards: readonly ShardItem[];
  readonly pass?: Pass;
  readonly census?: CensusResult;
}

/** What a census found. */
export interface CensusResult {
  readonly startedAt: string;
  readonly underOldGeneration: number;
  readonly quarantined: number;
  /** What the run does next: pass over the stores again, or go on because nothing is left. */
  readonly verdict: 'again' | 'empty';
}
