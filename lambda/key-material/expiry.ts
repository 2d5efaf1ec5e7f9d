import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { MAX_EXPIRATION_DAYS } from '../../src/contract/limits';
import type { RequestedExpiration } from '../../src/contract/requests/import-request';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/**
 * How far an expiry may be from the one that is asked for and still count as the same: a replay, minutes later, asks for "300 days
 * from now" once more, and there is nothing to be done.
 */
const REPLAY_TOLERANCE_MS = 15 * MINUTE;

/** KMS's clock and ours may differ; its limit is by its own. */
const CLOCK_SKEW_MS = MINUTE;

/** When material that is imported now expires; `undefined` for never. */
export function expiryOf(requested: RequestedExpiration, now: Date): Date | undefined {
  const latest = new Date(now.getTime() + MAX_EXPIRATION_DAYS * DAY - CLOCK_SKEW_MS);
  switch (requested.kind) {
    case 'never':
      return undefined;
    case 'after':
      return wholeSeconds(Math.min(now.getTime() + requested.seconds * SECOND, latest.getTime()));
    case 'at': {
      const at = wholeSeconds(Date.parse(requested.at));
      if (at <= now) throw unusable('instant has passed', requested.at, now, latest);
      if (at > latest) throw unusable('instant is too far ahead', requested.at, now, latest);
      return at;
    }
  }
}

/** Does material that expires at `validTo` (`undefined`: never) do for what is asked for? */
export function isAsRequested(validTo: Date | undefined, requested: RequestedExpiration, now: Date): boolean {
  const wanted = expiryOf(requested, now);
  if (validTo === undefined || wanted === undefined) return validTo === wanted;
  const tolerance = requested.kind === 'after' ? REPLAY_TOLERANCE_MS : SECOND;
  return Math.abs(validTo.getTime() - wanted.getTime()) <= tolerance;
}

function wholeSeconds(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / SECOND) * SECOND);
}

function unusable(what: string, given: string, now: Date, latest: Date): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: 'expiration of the key material',
    what,
    given,
    allowed: `later than ${now.toISOString()}, and at most ${latest.toISOString()}`,
    remedy: 'move the instant, or use MaterialExpiration.after',
  });
}
