import { ErrorName } from '../../../src/contract/error-names';
import { REMOVED_STORE } from '../../../src/contract/stores/removed-store';
import { callAws, type ErrorMeaning, type ErrorMeanings } from '../../adapters/sdk/sdk-errors';

const LATER: ErrorMeaning = { name: ErrorName.THROTTLED, remedy: 'repeat the run later, or raise the capacity of the table' };

/** What each error of DynamoDB means here. Names that are not listed follow the rules for every AWS service. */
const DYNAMODB_MEANINGS: ErrorMeanings = {
  ResourceNotFoundException: { name: ErrorName.STORE_MISMATCH, remedy: `correct the table of this store, or restore it; ${REMOVED_STORE}` },
  ProvisionedThroughputExceededException: LATER,
  TransactionConflictException: LATER,
  ReplicatedWriteConflictException: LATER,
};

/** Sends one call to Amazon DynamoDB. Each of its errors becomes a `Failure` that names `where`. */
export async function callDynamo<T>(where: string, call: () => Promise<T>): Promise<T> {
  return callAws('Amazon DynamoDB', where, DYNAMODB_MEANINGS, call);
}
