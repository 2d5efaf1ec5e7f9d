import { ErrorName } from '../../../src/contract/error-names';
import { askAws, type ErrorMeaning, type ErrorMeanings } from '../../adapters/sdk/sdk-errors';

const LATER: ErrorMeaning = { name: ErrorName.THROTTLED, remedy: 'ask again later, or give the table more capacity' };

/** What the errors of DynamoDB mean to us. Names that are not listed follow the rules of every AWS service. */
const DYNAMODB_MEANINGS: ErrorMeanings = {
  ResourceNotFoundException: { name: ErrorName.STORE_MISMATCH, remedy: 'correct tableName of this store, or take the store away' },
  ProvisionedThroughputExceededException: LATER,
  TransactionConflictException: LATER,
  ReplicatedWriteConflictException: LATER,
};

/** Runs one call to Amazon DynamoDB; every error of it comes out as a `Failure` that names `where`. */
export async function askDynamo<T>(where: string, call: () => Promise<T>): Promise<T> {
  return askAws('Amazon DynamoDB', where, DYNAMODB_MEANINGS, call);
}
