import type { Duration } from 'aws-cdk-lib';
import { PENDING_WINDOW_DAYS } from '../contract/limits';
import { describeProblem } from '../contract/problem';

/** What KMS would refuse about the time between the decision to delete a key and its deletion. */
export function pendingWindowProblems(window: Duration | undefined): string[] {
  const { min, max } = PENDING_WINDOW_DAYS;
  if (window === undefined || window.isUnresolved() || (window.toDays() >= min && window.toDays() <= max)) return [];
  return [describeProblem({
    where: 'pendingWindow',
    what: 'period is out of range',
    given: window.toHumanString(),
    allowed: `${min} to ${max} days`,
    remedy: 'use Duration.days(30), which leaves most time to find out that the key is still needed',
  })];
}
