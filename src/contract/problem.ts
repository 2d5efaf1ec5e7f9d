/** A fault and its remedy. */
export interface Problem {
  /** The subject: a construct path, a resource, the store of a record. */
  readonly where: string;
  /** What is wrong with it. */
  readonly what: string;
  /** The given value, or its kind and size if it may be confidential. */
  readonly given?: string;
  /** The allowed values. */
  readonly allowed?: string;
  /** The change that resolves it. */
  readonly remedy: string;
}

/**
 * The message of every error of this library, at synthesis and at run time.
 *
 * @example
 * Orders/Key: rotation period is out of range, got 30 days; allowed: 90 to 2560 days; use RotationSchedule.onRequest()
 */
export function describeProblem(problem: Problem): string {
  const given = problem.given === undefined ? '' : `, got ${problem.given}`;
  const allowed = problem.allowed === undefined ? '' : `; allowed: ${problem.allowed}`;
  return `${problem.where}: ${problem.what}${given}${allowed}; ${problem.remedy}`;
}
