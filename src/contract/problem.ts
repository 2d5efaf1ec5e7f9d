/** What is wrong, with what to do about it. */
export interface Problem {
  /** The place: a construct path, a resource, a record's store. */
  readonly where: string;
  /** What is wrong there. */
  readonly what: string;
  /** What was given instead. */
  readonly given?: string;
  /** What is allowed. */
  readonly allowed?: string;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * The one shape of every error message of this library, at synthesis and at run time.
 *
 * @example
 * Orders/Key: rotation period is out of range, got 30 days; allowed: 90 to 2560 days; use RotationSchedule.onDemand()
 */
export function describeProblem(problem: Problem): string {
  const given = problem.given === undefined ? '' : `, got ${problem.given}`;
  const allowed = problem.allowed === undefined ? '' : `; allowed: ${problem.allowed}`;
  return `${problem.where}: ${problem.what}${given}${allowed}; ${problem.remedy}`;
}
