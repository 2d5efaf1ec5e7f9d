import { MEMORY as MEMORY_ENDPOINT } from './dynamodb-table';
import type { LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import './dynamodb-store.test';

// The tables in memory, on which lives are simulated, pass every test of the DynamoDB engine: the same file, over them.
jest.mock('../../../local/dynamodb/local-dynamo', () => ({
  startLocalDynamo: async (): Promise<LocalDynamo> => ({ endpoint: MEMORY_ENDPOINT, stop: async () => undefined }),
}));
