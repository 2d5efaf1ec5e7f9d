import { StateError } from '../errors/state-error';

/** Maximum size of the data between states, in bytes of UTF-8. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;

/**
 * Returns a copy of `value` as data between states: converted to JSON, at most as large as AWS allows. `undefined`
 * becomes `null`.
 */
export function asPayload(value: unknown, what: string): unknown {
  const text = JSON.stringify(value) ?? 'null';
  if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES) {
    throw new StateError('States.DataLimitExceeded', `${what} exceeds the maximum number of bytes service limit (${MAX_PAYLOAD_BYTES})`);
  }
  return JSON.parse(text);
}
