import { SizeRoundingBehavior, Token, type Duration, type Size } from 'aws-cdk-lib';
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

/** The same for a period in whole seconds. */
export function secondsProblems(where: string, period: Duration, range: Range, remedy: string): string[] {
  const problems = periodProblems(where, period, range, remedy);
  if (problems.length > 0 || Number.isInteger(period.toSeconds({ integral: false }))) return problems;
  return [describeProblem({
    where,
    what: 'period is not a whole number of seconds',
    given: `${period.toMilliseconds()} milliseconds`,
    remedy: 'use Duration.seconds with a whole number',
  })];
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

/** The same for a size in whole mebibytes. */
export function sizeProblems(where: string, size: Size, range: Parameters<typeof numberProblems>[2], remedy: string): string[] {
  if (!size.isUnresolved()) return numberProblems(where, size.toMebibytes({ rounding: SizeRoundingBehavior.NONE }), range, remedy);
  const allowed = `a whole number from ${range.min} to ${range.max}`;
  return [describeProblem({ where, what: 'size must be known at synthesis', given: 'a token', allowed, remedy })];
}

/** The size in mebibytes, to describe a construct whose problems are reported at synthesis. */
export function wholeMebibytes(size: Size): number | undefined {
  return size.isUnresolved() ? undefined : size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
}

/**
 * The period in seconds, to describe a construct whose problems are reported at synthesis. Zero for a period that
 * `secondsProblems` reports.
 */
export function wholeSeconds(period: Duration): number {
  return period.isUnresolved() ? 0 : Math.trunc(period.toSeconds({ integral: false }));
}

/** The same in days, for a period that `daysProblems` checks. */
export function wholeDays(period: Duration): number {
  return period.isUnresolved() ? 0 : period.toDays({ integral: false });
}

/**
 * The number of days for a property of CloudFormation, which can also fill in a token of days. Undefined for a token of
 * another unit, which cannot be converted.
 */
export function daysForCloudFormation(period: Duration | undefined): number | undefined {
  if (period === undefined || (period.isUnresolved() && !isTokenOfDays(period))) return undefined;
  return period.toDays({ integral: false });
}

/** Whether the period is known only during deployment, in days. */
export function isTokenOfDays(period: Duration): boolean {
  return period.isUnresolved() && period.unitLabel() === 'days';
}
