import { daysAfter } from '../retirement-facts';

/**
 * Days before its date from which a deletion is counted again. A count that is older proves nothing about the records
 * that returned since. Shorter than the shortest pending window, so that every deletion has days for it.
 */
export const RECOUNT_DAYS = 5;

/**
 * A deletion that has not been counted again is cancelled from this many days before its date: KMS deletes the key by
 * itself, and one reconcile run can be missed or fail.
 */
export const CANCEL_DAYS = 3;

/** The time from which the recount of a pending deletion is due. */
export function recountDueFrom(deletionDate: Date): Date {
  return daysAfter(deletionDate, -RECOUNT_DAYS);
}

/** The time from which a deletion that has not been counted again is cancelled. */
export function cancelFrom(deletionDate: Date): Date {
  return daysAfter(deletionDate, -CANCEL_DAYS);
}

/** Whether a census that began at this time is proof enough for the deletion. */
export function isFreshlyCounted(countedAt: string | undefined, deletionDate: Date): boolean {
  return countedAt !== undefined && Date.parse(countedAt) >= recountDueFrom(deletionDate).getTime();
}
