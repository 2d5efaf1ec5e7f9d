import type { UseEvidence } from '../../src/contract/evidence/evidence';
import type { StorePlace } from '../../src/contract/stores/store-place';
import type { KeyUsage } from '../ports/key-family';

/** What the watch has recorded about a generation since it was disabled. */
export interface Watch {
  /** A call by another principal, from the latest day with such a call. */
  readonly use?: UseEvidence;
  /** The days (UTC) after that call on which the event of a watch probe arrived, the latest first. */
  readonly probeDays: readonly string[];
}

/** The count of zero in the pending window. */
export interface Recount {
  /** When its census began. */
  readonly countedAt: string;
  /** Stores that are declared now and were not counted by it. While there is one, it proves nothing. */
  readonly lacking: readonly StorePlace[];
}

/** Everything on which a decision about a generation depends, except aliases and tags. */
export interface RetirementFacts {
  readonly now: Date;
  /** Whether the run performs only what makes the generation usable again. */
  readonly onlyReversals: boolean;
  /** The certificate that the tags of the generation name, in the evidence. */
  readonly certificate: 'valid' | 'changed' | 'missing';
  /** Stores that were declared at any time, and are neither declared the same now nor released. */
  readonly uncountedStores: readonly StorePlace[];
  /** The last successful use that KMS reports. */
  readonly lastUsage?: KeyUsage;
  readonly watch: Watch;
  /** The count of zero in the pending window. Absent if there is none. */
  readonly recount?: Recount;
  /** Present while the key is pending deletion. */
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
