import { ErrorName } from '../../../src/contract/error-names';
import { askAws, isAwsError, type ErrorMeaning, type ErrorMeanings } from '../sdk/sdk-errors';

const LATER: ErrorMeaning = { name: ErrorName.THROTTLED, remedy: 'ask again later; nothing has to be changed' };

const STATE: ErrorMeaning = {
  name: ErrorName.KEY_NOT_READY,
  remedy: 'look at the state of the key; a key that has only just been made or changed is ready a minute later',
};

const REQUEST: ErrorMeaning = {
  name: ErrorName.INVALID_REQUEST,
  remedy: 'change what was asked for; asking the same again does not help',
};

/** What the errors of AWS KMS mean to us. Names that are not listed follow the rules of every AWS service. */
const KMS_MEANINGS: ErrorMeanings = {
  NotFoundException: STATE,
  KMSInvalidStateException: STATE,
  DisabledException: STATE,
  // Another rotation of the same key is on its way: asking again later does help.
  ConflictException: LATER,
  DependencyTimeoutException: LATER,
  KMSInternalException: LATER,
  KeyUnavailableException: LATER,
  LimitExceededException: { name: ErrorName.INVALID_REQUEST, remedy: 'ask AWS for a higher limit, or use less of it' },
  // A principal that has only just been made is not known to KMS yet: the same words as for a policy that is wrong.
  MalformedPolicyDocumentException: {
    name: ErrorName.INVALID_REQUEST,
    remedy: 'name principals that exist and keep kms:PutKeyPolicy with somebody; wait a minute if a principal is only just made',
  },
  IncorrectKeyMaterialException: REQUEST,
  InvalidCiphertextException: REQUEST,
  // The parameters of the import have aged: with fresh ones it goes on.
  ExpiredImportTokenException: STATE,
  InvalidImportTokenException: STATE,
};

/** Runs one call to AWS KMS; every error of it comes out as a `Failure` that names `where`. */
export async function askKms<T>(where: string, call: () => Promise<T>): Promise<T> {
  return askAws('AWS KMS', where, KMS_MEANINGS, call);
}

/** Is this an answer of AWS KMS by one of these names? To be asked inside the call that is handed to `askKms`. */
export function isKmsError(error: unknown, ...names: string[]): error is Error {
  return isAwsError(error, ...names);
}
