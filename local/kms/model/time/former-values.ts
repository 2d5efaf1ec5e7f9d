/** A replaced value, and the time until which readers still see it. Plain data. */
export interface FormerValue<T> {
  readonly value: T;
  /** Epoch milliseconds. */
  readonly seenUntil: number;
}

/** Replaced values that readers still see, oldest first. */
export type FormerValues<T> = readonly FormerValue<T>[];

/** The value that readers see now, if it was changed lately. */
export function seenAt<T>(latest: T, former: FormerValues<T>, now: number): T {
  const stillSeen = former.find(({ seenUntil }) => seenUntil > now);
  return stillSeen === undefined ? latest : stillSeen.value;
}

/**
 * The former values after another change, which readers see after the delay.
 *
 * A value from before a change is not seen any more as soon as the change itself is seen, even if an earlier
 * delay was longer.
 */
export function afterChange<T>(replaced: T, former: FormerValues<T>, now: number, delay: number): FormerValues<T> {
  const change = now + delay;
  return [...former, { value: replaced, seenUntil: change }]
    .map(({ value, seenUntil }) => ({ value, seenUntil: Math.min(seenUntil, change) }))
    .filter(({ seenUntil }) => seenUntil > now);
}
