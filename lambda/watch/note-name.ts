import { createHash } from 'node:crypto';
import type { UseEvidence } from '../../src/contract/evidence/evidence';

const DIGITS = 16;
const NOTE = /\/(\d{4}-\d\d-\d\d)\/([0-9a-f]{16})-(\d\d)(?:\d\d)?\.json$/;
const PROBE = /\/\d{4}-\d\d-\d\d\/probe-[\w-]+\.json$/;

/**
 * The name of a note about a failed call. Calls of one principal with the same operation and error share a name for an
 * hour, so that a flood of calls is one note. Each probe has a name of its own: it is sent at most a few times a day.
 */
export function noteName({ kind, at, eventId, ...call }: UseEvidence): string {
  return kind === 'watch-probe' ? `probe-${eventId}` : `${callerName(call)}-${at.slice(11, 13)}`;
}

/** The name of another note in the same hour: of a call that has cancelled a deletion, after others of its hour. */
export function laterNoteName(use: UseEvidence): string {
  return `${noteName(use)}${use.at.slice(14, 16)}`;
}

/**
 * Principal, operation and error of a call, as one name.
 *
 * The role and not its session: a task or a function has another session with every start.
 */
export function callerName({ role, principal, operation, errorCode }: Omit<UseEvidence, 'schema' | 'kind' | 'at' | 'eventId'>): string {
  return createHash('sha256').update(JSON.stringify([role ?? principal, operation, errorCode])).digest('hex').slice(0, DIGITS);
}

/** What the object key of a note states, without its content. */
export interface NamedNote {
  readonly key: string;
  /** For a note of an earlier version, its key: then no other note is of the same caller. */
  readonly caller: string;
  /** The hour of the calls: `2026-11-23T10`. For a note of an earlier version, only the day. */
  readonly hour: string;
}

/** The note behind an object key. Undefined for a probe. */
export function readNoteName(key: string): NamedNote | undefined {
  if (isProbeNote(key)) return undefined;
  const [, day, caller, hour] = NOTE.exec(key) ?? [];
  if (day !== undefined && caller !== undefined && hour !== undefined) return { key, caller, hour: `${day}T${hour}` };
  return { key, caller: key, hour: key.split('/').at(-2) ?? '' };
}

export function isProbeNote(key: string): boolean {
  return PROBE.test(key);
}
