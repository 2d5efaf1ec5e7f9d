import type { UseEvidence } from '../../src/contract/evidence/evidence';
import type { KeyUsage } from '../ports';

/** What the watch has heard about a generation since its soak began. */
export interface Watch {
  /** A call of somebody else, of the latest day that had any. */
  readonly use?: UseEvidence;
  /** The days (UTC) after that on which an echo was heard, the latest first. */
  readonly echoDays: readonly string[];
}

/** All that a decision about a generation rests on, besides aliases and tags. */
export interface RetirementFacts {
  readonly now: Date;
  /** Somebody asked for a deletion to be cancelled. */
  readonly cancelDeletion: boolean;
  /** The last successful use that KMS knows of. */
  readonly lastUsage?: KeyUsage;
  readonly watch: Watch;
  /** Whether the stores were counted to zero once more since the deletion was scheduled. */
  readonly recounted: boolean;
  /** While its deletion is pending. */
  readonly deletionDate?: Date;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

export function daysAfter(moment: string | Date, days: number): Date {
  return new Date(new Date(moment).getTime() + days * DAY_MILLISECONDS);
}

/** The day (UTC) of a moment: `2026-11-23`. */
export function dayOf(moment: string | Date): string {
  return new Date(moment).toISOString().slice(0, 10);
}

export function latest(...moments: (string | Date | undefined)[]): Date {
  return new Date(Math.max(...moments.map((moment) => (moment === undefined ? -Infinity : new Date(moment).getTime()))));
}
