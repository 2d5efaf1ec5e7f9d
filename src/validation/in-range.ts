import { Token, type Duration } from 'aws-cdk-lib';
import { describeProblem } from '../contract/problem';

/** Minimum and maximum of a period, both allowed. */
export interface Range {
  readonly min: Duration;
  readonly max: Duration;
}

/** Reports a period outside the range, and a token, whose value is unknown at synthesis. */
export function periodProblems(where: string, period: Duration, { min, max }: Range, remedy: string): string[] {
  const allowed = `${min.toHumanString()} to ${max.toHumanString()}`;
  if (period.isUnresolved()) {
    return [describeProblem({ where, what: 'period must be known at synthesis', given: 'a token', allowed, remedy })];
  }
  const milliseconds = period.toMilliseconds({ integral: false });
  if (milliseconds >= min.toMilliseconds() && milliseconds <= max.toMilliseconds()) return [];
  return [describeProblem({ where, what: 'period is out of range', given: period.toHumanString(), allowed, remedy })];
}

/** The same for a period in whole days. */
export function daysProblems(where: string, period: Duration, range: Range, remedy: string): string[] {
  const problems = periodProblems(where, period, range, remedy);
  if (problems.length > 0 || Number.isInteger(period.toDays({ integral: false }))) return problems;
  return [describeProblem({
    where,
    what: 'period is not a whole number of days',
    given: period.toHumanString(),
    remedy: 'use Duration.days with a whole number',
  })];
}

/** Reports a number that is not an integer, or outside the range. */
export function numberProblems(
  where: string,
  given: number,
  { min, max }: { readonly min: number; readonly max: number },
  remedy: string,
): string[] {
  const allowed = `a whole number from ${min} to ${max}`;
  if (Token.isUnresolved(given)) {
    return [describeProblem({ where, what: 'number must be known at synthesis', given: 'a token', allowed, remedy })];
  }
  if (Number.isInteger(given) && given >= min && given <= max) return [];
  return [describeProblem({ where, what: 'number is out of range', given: String(given), allowed, remedy })];
}
