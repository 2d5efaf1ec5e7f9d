import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openDynamoTable } from './dynamodb/store';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { StoreDescription } from '../../src/contract/stores/store-description';
import type { RecordStorePort } from '../ports';

/** The clients with which stores are read and written. */
export interface StoreClients {
  readonly dynamo: DynamoDBClient;
}

type StoreKind = StoreDescription['kind'];

type Opener<Kind extends StoreKind> = (
  clients: StoreClients, description: Extract<StoreDescription, { readonly kind: Kind }>, pageSize?: number,
) => Promise<RecordStorePort>;

/** The opener of each kind of store. A kind without an opener does not compile. */
const OPENERS: { readonly [Kind in StoreKind]: Opener<Kind> } = {
  'dynamodb-table': ({ dynamo }, description, pageSize) => openDynamoTable(dynamo, description, pageSize),
};

/** Opens a store by the kind of its description. A description of another version may have a kind that is unknown here. */
export async function openStore(clients: StoreClients, description: StoreDescription, pageSize?: number): Promise<RecordStorePort> {
  const { kind, storeId } = description;
  if (!Object.hasOwn(OPENERS, kind)) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: `store ${storeId}`,
      what: 'the kind of this store is unknown to this version',
      given: String(kind),
      allowed: Object.keys(OPENERS).join(', '),
      remedy: 'deploy the stack again, so that the function and the declared stores have the same version',
    });
  }
  return OPENERS[kind](clients, description, pageSize);
}
