import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { MAX_EXPIRATION_DAYS } from '../../src/contract/limits';
import type { RequestedExpiration } from '../../src/contract/requests/import-request';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/**
 * Maximum difference between an expiry and the requested one that still counts as the same. A repeated event requests
 * "300 days from now" some minutes later, and must not import the key material again.
 */
const REPLAY_TOLERANCE_MS = 15 * MINUTE;

/** KMS checks its limit by its own clock, which may differ from this one. */
const CLOCK_SKEW_MS = MINUTE;

/** When key material that is imported now expires. `undefined`: never. */
export function expiryOf(requested: RequestedExpiration, now: Date): Date | undefined {
  const latest = new Date(now.getTime() + MAX_EXPIRATION_DAYS * DAY - CLOCK_SKEW_MS);
  switch (requested.kind) {
    case 'never':
      return undefined;
    case 'after':
      return wholeSeconds(Math.min(now.getTime() + requested.seconds * SECOND, latest.getTime()));
    case 'at': {
      const at = wholeSeconds(Date.parse(requested.at));
      if (at <= now) throw outOfRange('instant is in the past', requested.at, now, latest);
      if (at > latest) throw outOfRange('instant is too far in the future', requested.at, now, latest);
      return at;
    }
  }
}

/** Whether key material that expires at `validTo` (`undefined`: never) has the requested expiry. */
export function isAsRequested(validTo: Date | undefined, requested: RequestedExpiration, now: Date): boolean {
  const expiry = expiryOf(requested, now);
  if (validTo === undefined || expiry === undefined) return validTo === expiry;
  const tolerance = requested.kind === 'after' ? REPLAY_TOLERANCE_MS : SECOND;
  return Math.abs(validTo.getTime() - expiry.getTime()) <= tolerance;
}

function wholeSeconds(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / SECOND) * SECOND);
}

function outOfRange(what: string, given: string, now: Date, latest: Date): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: 'expiration of the key material',
    what,
    given,
    allowed: `later than ${now.toISOString()}, and at most ${latest.toISOString()}`,
    remedy: 'change the instant, or use MaterialExpiration.after',
  });
}
