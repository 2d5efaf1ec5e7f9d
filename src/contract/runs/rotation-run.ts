import type { GenerationArns, PassMode } from './reencryption';

/** A generation as a run refers to it. */
export interface GenerationReference {
  readonly generation: number;
  readonly keyArn: string;
}

/**
 * Input of the rotation state machine: `{}` rotates to the next generation, or continues a rotation that was stopped.
 *
 * Operators write it in the console, so every member is checked and an unknown member is refused.
 */
export interface RotationInput {
  /**
   * Rotates to this generation only: the next number, or the number of an unfinished rotation. If that rotation is
   * finished, nothing changes, so a repeated or late start rotates once. Cannot be combined with `rollBackTo`.
   */
  readonly toGeneration?: number;
  /**
   * Makes an older generation the current one again and re-encrypts to it. Possible in any state before its deletion.
   */
  readonly rollBackTo?: number;
}

/** Goal of a run. `finish` re-encrypts the records of old generations when the alias already names the newest one. */
export type RotationKind = 'nothing-to-do' | 'rotate' | 'finish' | 'roll-back';

/** One pass over the stores, as the state machine passes it to each shard. */
export interface Pass {
  /** 1 for the first pass of the run, in any mode. It is part of the object keys of evidence. */
  readonly number: number;
  readonly mode: PassMode;
  /** ISO 8601. A census is proof only if it began after the fence took effect. */
  readonly startedAt: string;
}

/** A part of a store, as an item of a Distributed Map. */
export interface ShardItem {
  readonly storeId: string;
  readonly shard: number;
}

/**
 * State that the steps of a rotation run pass to each other. Plain JSON, because it passes through the state machine.
 */
export interface RotationRun {
  /** The id of the run: see `runId`. A resumed rotation is a new run that reads the state in AWS again. */
  readonly run: string;
  readonly kind: RotationKind;
  readonly toGeneration: number;
  /** Absent until the generation exists. */
  readonly to?: GenerationReference;
  /** The generations to empty: all others under which records may be encrypted. */
  readonly from: readonly GenerationReference[];
  /** All generations except `to` whose blobs may be in the stores. */
  readonly others: readonly GenerationReference[];
  /** For the worker. Absent until the generation exists. */
  readonly generations?: GenerationArns;
  /** The version of the secret whose key material is imported into the new generation. */
  readonly materialVersion?: string;
  /** How long consumers are watched after the alias has moved, before the fence: longer in the first rotation. */
  readonly watchSeconds: number;
  /** How long to wait until consumers are checked again. */
  readonly nextCheckSeconds: number;
  /** Whether the watch receives events. Absent until a probe was sent. */
  readonly watch?: ConsumerWatch;
  /** When the alias was moved, or was found on the generation. Consumer failures count from this time. ISO 8601. */
  readonly movedAt?: string;
  readonly consumers?: ConsumersState;
  /** The first failed call that moves the alias back: role, operation and error. For the error of the execution. */
  readonly consumerFailure?: string;
  /** State of the fence. `held`: every old generation has refused to encrypt. */
  readonly fence?: { readonly held: boolean; readonly probes: number; readonly fencedAt?: string };
  /** All shards of all stores. */
  readonly shards: readonly ShardItem[];
  readonly pass?: Pass;
  readonly census?: CensusResult;
}

/** Result of the latest check of consumers. */
export type ConsumersState =
  /** The watch goes on: events of failed calls may not have arrived yet. */
  | 'watching'
  /** No consumer failed since the alias moved. The old generations are fenced next. */
  | 'working'
  /** A consumer failed. The alias moves back. */
  | 'failing'
  /** No consumer failed since the fence is in force. Records are re-encrypted next. */
  | 'working-fenced'
  /** A consumer failed, and old generations are fenced. The fence is lifted, then the alias moves back. */
  | 'failing-fenced';

/** Whether the watch received the event of a probe: a call of the control role that must fail. */
export interface ConsumerWatch {
  /** ISO 8601. */
  readonly probedAt: string;
  /**
   * `waiting`: the event may still arrive. `unknown`: it did not arrive in time, so missing failures of consumers prove
   * nothing.
   */
  readonly state: 'waiting' | 'proven' | 'unknown';
}

/** Result of a census. */
export interface CensusResult {
  readonly startedAt: string;
  readonly underOldGeneration: number;
  readonly quarantined: number;
  /** `again`: another pass over the stores. `empty`: no record is left, and the run continues. */
  readonly verdict: 'again' | 'empty';
}
