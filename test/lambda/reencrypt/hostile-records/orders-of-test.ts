import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RecordStorePort } from '../../../../lambda/ports/records';
import { openDynamoTable } from '../../../../lambda/stores/dynamodb/store';
import { startLocalDynamo, type LocalDynamo } from '../../../../local/dynamodb/local-dynamo';
import { FamilyOfKeys, type DataKey } from '../../../support/world/family-of-keys';
import { aClientFor, aTable, type Item, type Table } from '../../stores/dynamodb-table';
import { wholePass } from '../whole-pass';

export const NORTH = { tenant: 'north' };
export const OLD = 1;
export const CURRENT = 3;

export const anOrder = (id: string, dataKey: AttributeValue, tenant = 'north'): Item =>
  ({ id: { S: id }, tenant: { S: tenant }, dataKey });
export const inBytes = ({ blob }: DataKey): AttributeValue => ({ B: blob });

/** A family of three generations, and a table of orders. Each test has its own. */
export class OrdersOfTest {
  /** Opens and closes them around each test of the file. */
  public static aroundEach(): OrdersOfTest {
    const orders = new OrdersOfTest();
    beforeAll(async () => {
      orders.dynamo = await startLocalDynamo();
      orders.client = aClientFor(orders.dynamo.endpoint);
    });
    beforeEach(async () => {
      orders.family = await FamilyOfKeys.start(3);
      orders.table = await aTable(orders.client);
    });
    afterEach(() => orders.family.stop());
    afterAll(async () => {
      orders.client.destroy();
      await orders.dynamo.stop();
    });
    return orders;
  }

  public dynamo!: LocalDynamo;
  public client!: DynamoDBClient;
  public family!: FamilyOfKeys;
  public table!: Table;

  public async newDataKey(generation: number, context: { [name: string]: string } = NORTH): Promise<DataKey> {
    return this.family.dataKey(this.family.arn(generation), context);
  }

  public async store(): ReturnType<typeof openDynamoTable> {
    const described = this.table.described({ encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } } });
    return openDynamoTable(this.client, described);
  }

  /** One pass over the whole store. */
  public async pass(options: Partial<Parameters<typeof wholePass>[0]> = {}): ReturnType<typeof wholePass> {
    const { port: kms, generations } = this.family;
    return wholePass({ kms, generations, store: options.store ?? await this.store(), ...options });
  }

  public async item(id: string): Promise<Item | undefined> {
    return this.table.get({ id: { S: id } });
  }

  public async decrypted(id: string): Promise<{ generation: number; plaintextHash: string }> {
    const { keyArn, plaintextHash } = await this.family.open((await this.item(id))?.dataKey?.B as Uint8Array, NORTH);
    return { generation: this.family.arns.indexOf(keyArn) + 1, plaintextHash };
  }
}

/** The store, with an application that acts before each write of the worker. */
export function withApplication(store: RecordStorePort, act: (write: number) => Promise<void>): RecordStorePort {
  let writes = 0;
  return Object.assign(Object.create(store) as RecordStorePort, {
    replaceIfUnchanged: async (...replacement: Parameters<RecordStorePort['replaceIfUnchanged']>) => {
      await act(++writes);
      return store.replaceIfUnchanged(...replacement);
    },
  });
}
