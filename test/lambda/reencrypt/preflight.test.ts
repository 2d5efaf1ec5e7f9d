import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RecordStorePort } from '../../../lambda/ports/records';
import { preflightStores, preflightWorker } from '../../../lambda/reencrypt/pass/preflight';
import { openDynamoTable } from '../../../lambda/stores/dynamodb/store';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { FamilyOfKeys } from '../../support/world/family-of-keys';
import { aClientFor, aTable } from '../stores/dynamodb-table';

describe('the pre-flight of permissions', () => {
  let family: FamilyOfKeys;

  beforeEach(async () => {
    family = await FamilyOfKeys.start(3);
  });

  afterEach(() => family.stop());

  test('passes if every generation is allowed, and sends no blob', async () => {
    await preflightWorker('alias/orders', family.port, family.generations);
    expect(family.kms.audit.count({ accessKey: 'worker', operation: 'ReEncrypt', status: 'DryRunOperationException' })).toBe(3);
    expect(family.answered()).toBe(0);
  });

  test.each([
    ['kms:ReEncryptFrom', 2, (arn: string) => `allow the worker's role kms:ReEncryptFrom in the key policy of ${arn}, then resume the run`],
    [
      'kms:ReEncryptTo',
      3,
      (arn: string) => `allow the worker's role kms:ReEncryptFrom and kms:ReEncryptTo in the key policy of ${arn}, then resume the run`,
    ],
    // A census re-encrypts from the current generation to itself.
    [
      'kms:ReEncryptFrom',
      3,
      (arn: string) => `allow the worker's role kms:ReEncryptFrom and kms:ReEncryptTo in the key policy of ${arn}, then resume the run`,
    ],
  ] as const)('without %s on generation %i fails, and the error names what to allow', async (action, generation, remedy) => {
    family.deny(action, family.arn(generation));
    await expect(preflightWorker('alias/orders', family.port, family.generations)).rejects.toMatchObject({
      name: 'AccessDenied',
      message:
        `alias/orders, pre-flight of the re-encryption worker: the worker may not re-encrypt from ${family.arn(generation)} to ${family.arn(3)}, ` +
        `got AccessDeniedException; allowed: every generation to the current one; ${remedy(family.arn(generation))}`,
    });
  });

  test('fails for a disabled current generation, and not for a disabled older one, which only a record can need', async () => {
    await family.disable(family.arn(1));
    await preflightWorker('alias/orders', family.port, family.generations);
    await family.disable(family.arn(3));
    await expect(preflightWorker('alias/orders', family.port, family.generations)).rejects.toMatchObject({
      name: 'KeyNotReady',
      message: expect.stringContaining(`the current generation ${family.arn(3)} cannot be used, got a key that is not Enabled`),
    });
  });
});

describe('the pre-flight of stores', () => {
  let dynamo: LocalDynamo;
  let client: DynamoDBClient;

  beforeAll(async () => {
    dynamo = await startLocalDynamo();
    client = aClientFor(dynamo.endpoint);
  });

  afterAll(async () => {
    client.destroy();
    await dynamo.stop();
  });

  test('passes if one of many items is a record, in any shard', async () => {
    const table = await aTable(client);
    await table.put(...Array.from({ length: 30 }, (_, n) => ({ id: { S: `${n}` } })), {
      id: { S: 'x' },
      dataKey: { B: Buffer.from('blob') },
    });
    await preflightStores('alias/orders', [await openDynamoTable(client, table.described({ shards: 3 }), 4)]);
  });

  test('passes for an empty table', async () => {
    await preflightStores('alias/orders', [await openDynamoTable(client, (await aTable(client)).described())]);
  });

  test('fails if items exist and none has the data key attribute', async () => {
    const [right, wrong] = [await aTable(client), await aTable(client)];
    await right.put({ id: { S: 'a' }, dataKey: { B: Buffer.from('blob') } });
    await wrong.put({ id: { S: 'a' }, datakey: { B: Buffer.from('blob') } }, { id: { S: 'b' }, document: { S: 'text' } });
    const stores = [
      await openDynamoTable(client, right.described()),
      await openDynamoTable(client, wrong.described({ storeId: 'invoices' })),
    ];
    await expect(preflightStores('alias/orders', stores)).rejects.toMatchObject({
      name: 'StoreMismatch',
      message:
        `alias/orders, store invoices (table ${wrong.tableName}): no item has the attribute that is declared to hold the data key, got dataKey; ` +
        'allowed: datakey, document, id; correct dataKeyAttribute of this store, or remove the store',
    });
  });

  test('fails without attribute names if the role may read the attributes of a record only', async () => {
    const table = await aTable(client);
    await table.put({ id: { S: 'a' } });
    const store = await openDynamoTable(client, table.described());
    const denied = new Failure(ErrorName.ACCESS_DENIED, { where: store.place, what: 'Amazon DynamoDB refused', remedy: 'allow it' });
    const narrow = Object.assign(Object.create(store) as RecordStorePort, { sampleAttributeNames: () => Promise.reject(denied) });
    await expect(preflightStores('alias/orders', [narrow])).rejects.toMatchObject({
      name: 'StoreMismatch', message: expect.stringContaining('got dataKey; correct dataKeyAttribute of this store'),
    });
  });
});
