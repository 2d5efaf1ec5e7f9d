import type { Duration } from 'aws-cdk-lib';
import { PENDING_WINDOW_DAYS } from '../contract/limits';
import { describeProblem } from '../contract/problem';

/** Reasons for which KMS would refuse the waiting period before the deletion of a key. */
export function pendingWindowProblems(window: Duration | undefined): string[] {
  const { min, max } = PENDING_WINDOW_DAYS;
  if (window === undefined || window.isUnresolved() || (window.toDays() >= min && window.toDays() <= max)) return [];
  return [describeProblem({
    where: 'pendingWindow',
    what: 'period is out of range',
    given: window.toHumanString(),
    allowed: `${min} to ${max} days`,
    remedy: 'use Duration.days(30), which leaves the most time to detect that the key is still needed',
  })];
}
