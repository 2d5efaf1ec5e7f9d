/** The answer of a function that has accepted every message of a queue. */
export const ACCEPTED = { batchItemFailures: [] };

/** Whether an invocation delivers events of failed calls, from the queue of the watch. */
export function isWatchEvent(event: unknown): boolean {
  return Array.isArray((event as { Records?: unknown }).Records);
}
