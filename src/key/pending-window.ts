import { Duration } from 'aws-cdk-lib';
import { PENDING_WINDOW_DAYS } from '../contract/limits';
import { daysProblems, isTokenOfDays } from '../validation/in-range';

const PENDING_WINDOW = { min: Duration.days(PENDING_WINDOW_DAYS.min), max: Duration.days(PENDING_WINDOW_DAYS.max) };

/** Reasons for which KMS would refuse the waiting period before the deletion of a key. */
export function pendingWindowProblems(window: Duration | undefined): string[] {
  if (window === undefined || isTokenOfDays(window)) return [];
  return daysProblems('pendingWindow', window, PENDING_WINDOW,
    'use Duration.days(30), which leaves the most time to detect that the key is still needed');
}
