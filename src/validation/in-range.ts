import { Token, type Duration } from 'aws-cdk-lib';
import { describeProblem } from '../contract/problem';

/** The shortest and the longest period that is accepted. */
export interface Range {
  readonly min: Duration;
  readonly max: Duration;
}

/** Complains about a period that is shorter or longer than it may be. One that is known only when deploying cannot be used here. */
export function periodProblems(where: string, period: Duration, { min, max }: Range, remedy: string): string[] {
  const allowed = `${min.toHumanString()} to ${max.toHumanString()}`;
  if (period.isUnresolved()) {
    return [describeProblem({ where, what: 'period has to be known when the app is synthesized', given: 'a token', allowed, remedy })];
  }
  const milliseconds = period.toMilliseconds({ integral: false });
  if (milliseconds >= min.toMilliseconds() && milliseconds <= max.toMilliseconds()) return [];
  return [describeProblem({ where, what: 'period is out of range', given: period.toHumanString(), allowed, remedy })];
}

/** The same for periods that are counted in days. */
export function daysProblems(where: string, period: Duration, range: Range, remedy: string): string[] {
  const problems = periodProblems(where, period, range, remedy);
  if (problems.length > 0 || Number.isInteger(period.toDays({ integral: false }))) return problems;
  return [describeProblem({ where, what: 'period is not a whole number of days', given: period.toHumanString(), remedy: 'days are what is counted: give Duration.days' })];
}

/** Complains about a number that is not whole, or smaller or larger than it may be. */
export function numberProblems(where: string, given: number, { min, max }: { readonly min: number; readonly max: number }, remedy: string): string[] {
  const allowed = `a whole number from ${min} to ${max}`;
  if (Token.isUnresolved(given)) return [describeProblem({ where, what: 'number has to be known when the app is synthesized', given: 'a token', allowed, remedy })];
  if (Number.isInteger(given) && given >= min && given <= max) return [];
  return [describeProblem({ where, what: 'number is out of range', given: String(given), allowed, remedy })];
}
