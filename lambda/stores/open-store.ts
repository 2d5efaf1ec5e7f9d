import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openDynamoTable } from './dynamodb/store';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { ContextValueDescription, StoreDescription } from '../../src/contract/stores/store-description';
import { storeProblems } from '../../src/contract/stores/store-problems';
import type { RecordStorePort } from '../ports/records';
import {
  arrayOf, decodeMembers, mapOf, nameIn, optional, plainObject, nonEmptyString, wholeNumber, type MemberDecoders,
} from '../runtime/decode-value';

/** The clients with which stores are read and written. */
export interface StoreClients {
  readonly dynamo: DynamoDBClient;
}

type StoreKind = StoreDescription['kind'];

type DescriptionOf<Kind extends StoreKind> = Extract<StoreDescription, { readonly kind: Kind }>;

interface KindRow<Kind extends StoreKind> {
  readonly members: MemberDecoders<Omit<DescriptionOf<Kind>, 'kind'>>;
  readonly open: (clients: StoreClients, description: DescriptionOf<Kind>, pageSize?: number) => Promise<RecordStorePort>;
}

const CONTEXT = mapOf<ContextValueDescription>(plainObject);

/** Each kind of store. A kind without a row, and a member without a decoder, do not compile. */
const KINDS: { readonly [Kind in StoreKind]: KindRow<Kind> } = {
  'dynamodb-table': {
    members: {
      storeId: nonEmptyString,
      tableName: nonEmptyString,
      tableArn: nonEmptyString,
      dataKeyAttribute: nonEmptyString,
      keyIdAttribute: optional(nonEmptyString),
      encryptionContext: CONTEXT,
      formerEncryptionContexts: optional(arrayOf(CONTEXT)),
      foreignRecords: optional(nameIn<'quarantine' | 'skip'>({ quarantine: true, skip: true })),
      shards: wholeNumber,
    },
    open: ({ dynamo }, description, pageSize) => openDynamoTable(dynamo, description, pageSize),
  },
};

/**
 * Opens a store by the kind of its description, and by the rules of that kind. A description of another version may
 * have a kind that is unknown here.
 */
export async function openStore(clients: StoreClients, description: StoreDescription, pageSize?: number): Promise<RecordStorePort> {
  const { kind, storeId } = description;
  if (!Object.hasOwn(KINDS, kind)) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: `store ${storeId}`,
      what: 'the kind of this store is unknown to this version',
      given: String(kind),
      allowed: Object.keys(KINDS).join(', '),
      remedy: 'deploy the stack again, so that the function and the declared stores have the same version',
    });
  }
  const { members, open } = KINDS[kind];
  const decoded = { ...decodeMembers({ ...description }, members, (member) => `store ${storeId}, member ${member}`), kind };
  const [problem] = storeProblems(decoded);
  if (problem !== undefined) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: 'description of a store', what: problem, remedy: 'deploy the stack with the corrected store, then start the run again',
    });
  }
  return open(clients, decoded, pageSize);
}
