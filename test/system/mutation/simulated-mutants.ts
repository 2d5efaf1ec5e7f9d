/**
 * The mutants that break a law of the simulation within its fixed seeds, by the measure that they remove. Tests catch
 * all others: they are second locks, or concern what no life shows.
 */
export const SIMULATED_MUTANTS: readonly string[] = [
  'the condition on write',
  'the start over when a recount finds something',
];
