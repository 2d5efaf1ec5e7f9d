import type { Law } from '../../../simulation/laws/laws';

/** A mutant that breaks a law of the simulation. */
export interface SimulatedMutant {
  /** The measure that it removes. */
  readonly without: string;
  /** The life that shows it: a seed of those that CI lives, or a file of `simulation/corpus` without its ending. */
  readonly life: number | string;
  /** The law that this life breaks first. */
  readonly law: Law;
}

/**
 * The mutants that break a law of the simulation within its fixed lives. `npm run -s mutation-simulation -- --search`
 * finds them. Tests catch all others: they are second locks, or concern what no life shows.
 */
export const SIMULATED_MUTANTS: readonly SimulatedMutant[] = [
  { without: 'the condition on write', life: 0, law: 'wrong-data-key' },
  { without: 'the time in which writers discard their data keys', life: 'held-for-the-whole-age', law: 'lost' },
  { without: 'the time in which readers put back a record that was re-encrypted', life: 'put-back-twice', law: 'lost' },
  { without: 'the retention of backups from the last use', life: 'backup-after-a-restore', law: 'lost' },
  { without: 'the stores that were declared before', life: 'store-not-declared', law: 'not-converged' },
  { without: 'the end of a retirement that nothing continues', life: 'without-deletion', law: 'unreadable' },
  { without: 'the reversal while a family is paused', life: 'paused-while-disabled', law: 'unreadable' },
  {
    without: 'the withdrawal of the certificate of a generation under which a rotation finds records',
    life: 'restored-before-a-rotation',
    law: 'same-error',
  },
  { without: 'the start over when a recount finds something', life: 'late-writes-of-a-rotation', law: 'same-error' },
  { without: 'the certificate that must exist in the evidence', life: 'take-over-in-retirement', law: 'not-converged' },
  { without: 'the five minutes in which KMS may show a change', life: 'slow-kms', law: 'same-error' },
];
