/** A value that has been replaced, and until when it is still the one that is seen. Plain data. */
export interface FormerValue<T> {
  readonly value: T;
  /** Epoch milliseconds. */
  readonly seenUntil: number;
}

/** Values that are still seen after they have been replaced, oldest first. */
export type FormerValues<T> = readonly FormerValue<T>[];

/** What is seen now of a value that may have changed lately. */
export function seenAt<T>(latest: T, former: FormerValues<T>, now: number): T {
  const stillSeen = former.find(({ seenUntil }) => seenUntil > now);
  return stillSeen === undefined ? latest : stillSeen.value;
}

/**
 * The former values after one more change, which will be seen when the delay is over.
 *
 * What was there before a change is never seen any more once the change itself is seen, even if an earlier delay was longer.
 */
export function afterChange<T>(replaced: T, former: FormerValues<T>, now: number, delay: number): FormerValues<T> {
  const change = now + delay;
  return [...former, { value: replaced, seenUntil: change }]
    .map(({ value, seenUntil }) => ({ value, seenUntil: Math.min(seenUntil, change) }))
    .filter(({ seenUntil }) => seenUntil > now);
}
