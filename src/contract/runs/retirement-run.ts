import type { GenerationArns } from './reencryption';
import type { GenerationReference, Pass, ShardItem } from './rotation-run';

/** Input of the retirement state machine. */
export interface RetirementInput {
  readonly generation: number;
  /**
   * Cancels the deletion of a generation that is pending deletion, and does nothing else. The generation stays
   * disabled. It needs the key only: neither the alias of the family nor another generation is read.
   */
  readonly cancelDeletion?: boolean;
  /** With `cancelDeletion`: the id of the key, if the alias of the generation was deleted. */
  readonly keyId?: string;
  /** Performs only what makes the generation usable again. Reconcile runs set it while a rotation is due or running. */
  readonly onlyReversals?: boolean;
}

/** Purpose of a census in retirement. */
export type CountPurpose =
  /** No record is encrypted under the generation, and no application still has a cached data key of it. */
  | 'certify'
  /** The same again, immediately before the deletion is scheduled. */
  | 'recount'
  /** The same again, while the deletion can still be cancelled. */
  | 'recount-in-pending-window';

/**
 * The one action of a retirement run. Retirement takes weeks, so each execution performs one action and does not wait
 * for days.
 */
export type RetirementAction =
  /** Nothing is due today. `reason` names the condition that is not yet met. */
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'count'; readonly purpose: CountPurpose }
  /** Disables the generation: its soak begins. */
  | { readonly kind: 'disable' }
  /**
   * Sends the watch probe: a call to the disabled generation that must fail, and whose CloudTrail event proves that the
   * watch works. `noEventSince`: no event of a probe has arrived since then.
   */
  | { readonly kind: 'probe-watch'; readonly noEventSince?: string }
  /**
   * Cancels a deletion, enables the generation, and withdraws certificate and soak: an application still depends on it.
   */
  | { readonly kind: 'start-over'; readonly reason: string }
  /** Cancels a deletion and keeps the generation disabled. Its soak begins again. */
  | { readonly kind: 'cancel-deletion'; readonly reason: string }
  /**
   * Cancels a deletion, enables the generation, and withdraws its certificate: nothing retires it any more, although no
   * use was found.
   */
  | { readonly kind: 'end-retirement'; readonly reason: string };

/**
 * State that the steps of a retirement run pass to each other. Plain JSON, because it passes through the state machine.
 */
export interface RetirementRun {
  /** The id of the run: see `runId`. */
  readonly run: string;
  readonly generation: GenerationReference;
  readonly action: RetirementAction;
  /** For a count: the current generation, all others, and this one as the only one that is counted. */
  readonly generations?: GenerationArns;
  readonly shards: readonly ShardItem[];
  readonly pass?: Pass;
  readonly count?: RetirementCount;
}

/** Result of a count in retirement, and its consequence. */
export interface RetirementCount {
  readonly underOldGeneration: number;
  readonly quarantined: number;
  readonly verdict: 'certify' | 'schedule-deletion' | 'record-recount' | 'start-over';
  /** Why it starts over, if not because records were found. */
  readonly reason?: string;
}
