import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { InvocationEnded, unlessEnded } from '../../runtime/invocation';

/** The meaning of an error name of a service, and what to do about it. */
export interface ErrorMeaning {
  readonly name: ErrorName;
  readonly remedy: string;
}

export type ErrorMeanings = { readonly [errorName: string]: ErrorMeaning };

const RETRY_LATER: ErrorMeaning = { name: ErrorName.THROTTLED, remedy: 'retry later; no change is needed' };

/** Error names that every AWS service uses for temporary errors. */
const TRANSIENT: ErrorMeanings = {
  ThrottlingException: RETRY_LATER,
  Throttling: RETRY_LATER,
  TooManyRequestsException: RETRY_LATER,
  RequestLimitExceeded: RETRY_LATER,
  InternalFailure: RETRY_LATER,
  InternalServerError: RETRY_LATER,
  ServiceUnavailable: RETRY_LATER,
};

const REFUSED: ErrorMeaning = {
  name: ErrorName.ACCESS_DENIED,
  remedy: 'allow it in the policy that AWS names, or wait a minute if that policy has just been changed',
};

/** Whether an error is an AWS error with one of these names. */
export function isAwsError(error: unknown, ...names: string[]): error is Error {
  return isAnswer(error) && names.includes(error.name);
}

/**
 * Runs one call of an AWS SDK, unless its invocation has ended, and converts every error into a `Failure`.
 *
 * Only messages of AWS are quoted. Any other error that passed through the SDK (no connection, an unreadable
 * response) is reported by name only: its text may contain a part of the response. Errors that are not from the SDK
 * are rethrown unchanged.
 */
export async function callAws<T>(service: string, where: string, meanings: ErrorMeanings, call: () => Promise<T>): Promise<T> {
  try {
    return await unlessEnded(call);
  } catch (error) {
    throw translate(service, where, meanings, error);
  }
}

function translate(service: string, where: string, meanings: ErrorMeanings, error: unknown): unknown {
  if (error instanceof InvocationEnded) return error;
  if (isAnswer(error)) {
    const meaning = meanings[error.name] ?? commonMeaning(error);
    const given = error.message === '' ? error.name : `${error.name} (${error.message})`;
    return new Failure(meaning.name, { where, what: `${service} refused`, given, remedy: meaning.remedy }, error);
  }
  if (passedThroughSdk(error)) {
    const problem = {
      where,
      what: `${service} returned no usable response`,
      given: error.name,
      remedy: 'check the network path to its endpoint, and retry',
    };
    return new Failure(ErrorName.THROTTLED, problem);
  }
  return error;
}

function commonMeaning(error: ServiceAnswer): ErrorMeaning {
  if (error.name === 'AccessDeniedException' || error.name === 'AccessDenied') return REFUSED;
  if (error.$fault === 'server') return RETRY_LATER;
  return (
    TRANSIENT[error.name] ?? { name: ErrorName.INVALID_REQUEST, remedy: 'change the request; retrying the same request does not help' }
  );
}

interface ServiceAnswer extends Error {
  readonly $fault: 'client' | 'server';
}

function isAnswer(error: unknown): error is ServiceAnswer {
  return error instanceof Error && '$fault' in error;
}

/** The SDK marks every error that went through its retries. */
function passedThroughSdk(error: unknown): error is Error {
  return error instanceof Error && '$metadata' in error;
}
