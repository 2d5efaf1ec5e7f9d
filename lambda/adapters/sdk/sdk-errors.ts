import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/** What one error name of a service means to us, and what a person does about it. */
export interface ErrorMeaning {
  readonly name: ErrorName;
  readonly remedy: string;
}

export type ErrorMeanings = { readonly [errorName: string]: ErrorMeaning };

const ASK_LATER: ErrorMeaning = { name: ErrorName.THROTTLED, remedy: 'ask again later; nothing has to be changed' };

/** Error names that every AWS service uses for "not now". */
const TRANSIENT: ErrorMeanings = {
  ThrottlingException: ASK_LATER,
  Throttling: ASK_LATER,
  TooManyRequestsException: ASK_LATER,
  RequestLimitExceeded: ASK_LATER,
  InternalFailure: ASK_LATER,
  InternalServerError: ASK_LATER,
  ServiceUnavailable: ASK_LATER,
};

const REFUSED: ErrorMeaning = {
  name: ErrorName.ACCESS_DENIED,
  remedy: 'allow it in the policy that AWS names, or wait a minute if that policy has only just been written',
};

/** Is this an answer of AWS by one of these names? */
export function isAwsError(error: unknown, ...names: string[]): error is Error {
  return isAnswer(error) && names.includes(error.name);
}

/**
 * Runs one call of an AWS SDK and says every error of it in our words.
 *
 * Only what AWS answered is quoted. Any other error that passed through the SDK (no connection, an answer that cannot be read)
 * is told by name alone: its text may hold a part of the answer. What never came from the SDK passes untouched.
 */
export async function askAws<T>(service: string, where: string, meanings: ErrorMeanings, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translate(service, where, meanings, error);
  }
}

function translate(service: string, where: string, meanings: ErrorMeanings, error: unknown): unknown {
  if (isAnswer(error)) {
    const meaning = meanings[error.name] ?? commonMeaning(error);
    const given = error.message === '' ? error.name : `${error.name} (${error.message})`;
    return new Failure(meaning.name, { where, what: `${service} refused`, given, remedy: meaning.remedy }, error);
  }
  if (passedThroughSdk(error)) {
    const problem = { where, what: `${service} gave no usable answer`, given: error.name, remedy: 'check the way to its endpoint, and ask again' };
    return new Failure(ErrorName.THROTTLED, problem);
  }
  return error;
}

function commonMeaning(error: ServiceAnswer): ErrorMeaning {
  if (error.name === 'AccessDeniedException' || error.name === 'AccessDenied') return REFUSED;
  if (error.$fault === 'server') return ASK_LATER;
  return TRANSIENT[error.name] ?? { name: ErrorName.INVALID_REQUEST, remedy: 'change what was asked for; asking the same again does not help' };
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
