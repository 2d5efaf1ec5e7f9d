import { aClientFor } from './dynamodb-table';
import { openStore } from '../../../lambda/stores/open-store';
import type { StoreDescription } from '../../../src/contract/stores/store-description';

test.each(['tape', 'toString'])('a store of the unknown kind %s is refused before any call', async (kind) => {
  const dynamo = aClientFor('http://127.0.0.1:1');
  const description = { kind, storeId: 'orders' } as unknown as StoreDescription;
  await expect(openStore({ dynamo }, description)).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: `store orders: the kind of this store is unknown to this version, got ${kind}; allowed: dynamodb-table; `
      + 'deploy the stack again, so that the function and the declared stores have the same version',
  });
  dynamo.destroy();
});

const TABLE: StoreDescription = {
  kind: 'dynamodb-table', storeId: 'orders', tableName: 'Orders', tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/Orders', dataKeyAttribute: 'dataKey', encryptionContext: {}, shards: 4,
};

test.each<[string, object, string]>([
  ['a member is missing', { tableName: null }, 'store orders, member tableName: value is missing, got null; '],
  ['a source of the encryption context is not an object', { encryptionContext: { tenant: 'id' } },
    'store orders, member encryptionContext.tenant: value is not valid, got a string; '],
  ['the shards are out of range', { shards: 0 }, 'description of a store: store orders, shards: number is out of range, got 0; '],
  ['two attributes are the same', { keyIdAttribute: 'dataKey' },
    'description of a store: store orders: keyIdAttribute and dataKeyAttribute are the same attribute'],
])('a table is refused before any call if %s', async (_, change, message) => {
  const dynamo = aClientFor('http://127.0.0.1:1');
  await expect(openStore({ dynamo }, { ...TABLE, ...change })).rejects.toMatchObject({
    name: 'InvalidRequest', message: expect.stringContaining(message),
  });
  dynamo.destroy();
});
