import { StateError } from '../errors/state-error';

/** What AWS lets travel between states, in bytes of UTF-8. */
export const MOST_PAYLOAD_BYTES = 256 * 1024;

/** A copy of `value` as it travels: as JSON, and no larger than AWS allows. Nothing at all becomes `null`. */
export function asPayload(value: unknown, what: string): unknown {
  const text = JSON.stringify(value) ?? 'null';
  if (Buffer.byteLength(text) > MOST_PAYLOAD_BYTES) {
    throw new StateError('States.DataLimitExceeded', `${what} exceeds the maximum number of bytes service limit (${MOST_PAYLOAD_BYTES})`);
  }
  return JSON.parse(text);
}
