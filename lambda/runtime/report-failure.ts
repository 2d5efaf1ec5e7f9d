import { InvocationEnded } from './invocation';
import type { Log } from './log';
import { Failure } from '../../src/contract/failure';

/**
 * Logs an error and returns what the caller may see of it: state machines keep error names and texts for months, stacks
 * permanently.
 *
 * A `Failure` is returned as it is. Work that outlived its invocation reports nothing: no caller waits for it. An
 * unexpected error may quote a record, so only its name and source location are logged.
 */
export function reportFailure(error: unknown, log: Log): Error {
  if (error instanceof Failure) {
    log.error('failed', { error: error.name, reason: error.message });
    return error;
  }
  if (error instanceof InvocationEnded) return error;
  const name = error instanceof Error ? error.name : typeof error;
  const places = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 5) : [];
  log.error('failed-unexpectedly', { error: name, at: places.map((line) => line.trim()).join(' | ') });
  return new Error(`unexpected ${name}; the log of the function shows where`);
}
