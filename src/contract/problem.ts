/** What went wrong, told so that the reader knows what to do next. */
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
 * One sentence for every complaint of this library, at synthesis and at run time.
 *
 * @example
 * Orders/Key: rotation period is out of range, got 30 days; allowed: 90 to 2560 days; use RotationSchedule.onDemand()
 */
export function describeProblem(problem: Problem): string {
  const given = problem.given === undefined ? '' : `, got ${problem.given}`;
  const allowed = problem.allowed === undefined ? '' : `; allowed: ${problem.allowed}`;
  return `${problem.where}: ${problem.what}${given}${allowed}; ${problem.remedy}`;
}
