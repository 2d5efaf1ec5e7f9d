/** A generation as a run refers to it. */
export interface GenerationReference {
  readonly generation: number;
  readonly keyArn: string;
}

/** What starts a run. Asking twice for the same generation rotates once. */
export interface RotationRequest {
  /** Names the attempt; a resumed rotation is a new run. */
  readonly run: string;
  /** The generation that is to be current in the end. */
  readonly toGeneration: number;
}

/** What the steps of a rotation hand on to each other. Plain data: it travels through state machines. */
export interface RotationRun extends RotationRequest {
  /** The generations that are emptied: every older one that is still in use. */
  readonly from: readonly GenerationReference[];
  /** Every generation whose blobs may stand in the stores, old ones included. */
  readonly all: readonly GenerationReference[];
  /** Known once the generation has been created. */
  readonly to?: GenerationReference;
  /** The version of the secret whose bytes the new generation gets. */
  readonly materialVersion?: string;
  /** When the fence of all old generations was first seen to hold, ISO 8601. */
  readonly fencedAt?: string;
}

/** What a census found, and when it began: only one begun after the fence counts. */
export interface CensusResult {
  readonly startedAt: string;
  readonly underOldGeneration: number;
  readonly quarantined: number;
}
