import { deepEqual, match, rejects } from 'node:assert/strict';

/** Throws, with both sides, unless they are equal. */
export const equal: <T>(actual: T, expected: T) => void = deepEqual;

export { match, rejects };
