import type { GenerationArns } from './reencryption';
import type { GenerationReference, Pass, ShardItem } from './rotation-run';

/** What starts the retirement state machine. */
export interface RetirementInput {
  readonly generation: number;
  /** Makes a generation that is pending deletion safe again, whatever else is due: cancels, and keeps it disabled. */
  readonly cancelDeletion?: boolean;
}

/** What a census in retirement is for. */
export type CountPurpose =
  /** Nothing stands under the generation, and its writers have forgotten their data keys. */
  | 'certify'
  /** Still nothing, immediately before the deletion is scheduled. */
  | 'recount'
  /** Still nothing, while the deletion can be cancelled. */
  | 'recount-in-pending-window';

/** The one thing that a retirement run does: retirement takes weeks, and no execution waits for days. */
export type RetirementAction =
  /** Nothing is due today; `reason` says what is waited for. */
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'count'; readonly purpose: CountPurpose }
  /** Disables the generation: its soak begins. */
  | { readonly kind: 'disable' }
  /** Sends the watch probe, whose event proves the watch. `noEventSince`: no event of a probe has arrived since then. */
  | { readonly kind: 'probe-watch'; readonly noEventSince?: string }
  /** Cancels a deletion, enables, and takes certificate and soak back: something still depends on it. */
  | { readonly kind: 'start-over'; readonly reason: string }
  /** Cancels a deletion, and keeps the generation disabled: its soak begins anew. */
  | { readonly kind: 'cancel-deletion'; readonly reason: string };

/** What the steps of a retirement hand on to each other. Plain data: it travels through the state machine. */
export interface RetirementRun {
  /** The ARN of the execution. */
  readonly run: string;
  readonly generation: GenerationReference;
  readonly action: RetirementAction;
  /** For a count: the current generation, every other one, and this one as the only one that is looked for. */
  readonly generations?: GenerationArns;
  readonly shards: readonly ShardItem[];
  readonly pass?: Pass;
  readonly count?: RetirementCount;
}

/** What a count in retirement found, and what follows from it. */
export interface RetirementCount {
  readonly underOldGeneration: number;
  readonly quarantined: number;
  readonly verdict: 'certify' | 'schedule-deletion' | 'record-recount' | 'start-over';
}
