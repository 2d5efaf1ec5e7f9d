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
