import type { Log } from './log';
import { Failure } from '../../src/contract/failure';

/**
 * What whoever asked a function may be told of an error: state machines keep names and texts of errors for months, stacks for ever.
 *
 * What we said ourselves is meant to be read. An error that nobody foresaw may quote a record, so only its name and place are told.
 */
export function reportFailure(error: unknown, log: Log): Error {
  if (error instanceof Failure) {
    log.error('failed', { error: error.name, reason: error.message });
    return error;
  }
  const name = error instanceof Error ? error.name : typeof error;
  const places = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 5) : [];
  log.error('failed-unexpectedly', { error: name, at: places.map((line) => line.trim()).join(' | ') });
  return new Error(`unexpected ${name}; the log of the function says where`);
}
