import { ErrorName } from '../../../src/contract/error-names';
import { callAws, isAwsError, type ErrorMeaning, type ErrorMeanings } from '../sdk/sdk-errors';

const LATER: ErrorMeaning = { name: ErrorName.THROTTLED, remedy: 'retry later; no change is needed' };

const STATE: ErrorMeaning = {
  name: ErrorName.KEY_NOT_READY,
  remedy: 'check the state of the key; a key that was just created or changed is usable a minute later',
};

const REQUEST: ErrorMeaning = {
  name: ErrorName.INVALID_REQUEST,
  remedy: 'change the request; retrying the same request does not help',
};

/** The meaning of AWS KMS errors. Names that are not listed follow the rules of every AWS service. */
const KMS_MEANINGS: ErrorMeanings = {
  NotFoundException: STATE,
  KMSInvalidStateException: STATE,
  DisabledException: STATE,
  // Another rotation of the same key is in progress: a later retry can succeed.
  ConflictException: LATER,
  DependencyTimeoutException: LATER,
  KMSInternalException: LATER,
  KeyUnavailableException: LATER,
  LimitExceededException: { name: ErrorName.INVALID_REQUEST, remedy: 'request a quota increase from AWS, or use less' },
  // KMS does not know a new principal yet, and returns the same error as for a wrong policy.
  MalformedPolicyDocumentException: {
    name: ErrorName.INVALID_REQUEST,
    remedy: 'name principals that exist, and leave at least one principal kms:PutKeyPolicy; if a principal is new, wait a minute',
  },
  IncorrectKeyMaterialException: REQUEST,
  InvalidCiphertextException: REQUEST,
  // The import parameters have expired: the import continues with new ones.
  ExpiredImportTokenException: STATE,
  InvalidImportTokenException: STATE,
};

/** Runs one call to AWS KMS; every error becomes a `Failure` that names `where`. */
export async function callKms<T>(where: string, call: () => Promise<T>): Promise<T> {
  return callAws('AWS KMS', where, KMS_MEANINGS, call);
}

/**
 * Whether an error is an AWS KMS error with one of these names. To be used inside the call that is passed to `callKms`.
 */
export function isKmsError(error: unknown, ...names: string[]): error is Error {
  return isAwsError(error, ...names);
}
