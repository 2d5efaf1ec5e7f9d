import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Tags } from '../../../lambda/ports/keys';
import type { RecordStorePort } from '../../../lambda/ports/records';
import { preflightStores, preflightWorker } from '../../../lambda/reencrypt/pass/preflight';
import { openDynamoTable } from '../../../lambda/stores/dynamodb/store';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { REMOVED_STORE } from '../../../src/contract/stores/removed-store';
import type { DynamoTableDescription } from '../../../src/contract/stores/store-description';
import { FamilyOfKeys } from '../../support/world/family-of-keys';
import { aClientFor, aTable, type Item } from '../stores/dynamodb-table';

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
  let family: FamilyOfKeys;

  beforeAll(async () => {
    dynamo = await startLocalDynamo();
    client = aClientFor(dynamo.endpoint);
    family = await FamilyOfKeys.start(2);
  });

  afterAll(async () => {
    client.destroy();
    await Promise.all([dynamo.stop(), family.stop()]);
  });

  const tenant = { kind: 'attribute', attribute: 'tenant' } as const;
  const old = async (context: Tags = {}) => (await family.dataKey(family.arn(1), context)).blob;

  /** A table with some records, and its pre-flight as the store is described. */
  async function preflightOver(records: readonly Item[], change: Partial<DynamoTableDescription> = {}): Promise<void> {
    const table = await aTable(client);
    await table.put(...records.map((record, index) => ({ id: { S: `order-${index}` }, ...record })));
    await preflightStores('alias/orders', [await openDynamoTable(client, table.described(change))], family.port, family.generations);
  }

  const copies = (count: number, record: Item) => Array.from({ length: count }, () => record);

  test.each<[string, () => Promise<Item>, Partial<DynamoTableDescription>, RegExp]>([
    ['the encryption context was forgotten', async () => ({ dataKey: { B: await old({ tenant: 'north' }) }, tenant: { S: 'north' } }), {},
      /got 20 x context-or-blob-wrong, binary of \d+ bytes; allowed: .*; compare encryptionContext of the store with what the app/],
    ['the encryption context names another attribute', async () => ({ dataKey: { B: await old({ tenant: 'north' }) }, tenantId: { S: 'north' } }),
      { encryptionContext: { tenant } }, /got 20 x context-missing, binary of \d+ bytes; .*; restore the attribute of the record, or/],
    ['the data key is in a map', async () => ({ dataKey: { M: { ciphertext: { B: await old() } } } }), {},
      /got 20 x malformed-blob, a map of 1 entries; .*; correct dataKeyAttribute/],
    ['the data key is in hex', async () => ({ dataKey: { S: `0x${Buffer.from(await old()).toString('hex')}==` } }), {},
      /got 20 x malformed-blob, text of \d+ characters, not base64;/],
    ['every record is of another key', async () => ({ dataKey: { B: (await family.foreignDataKey()).blob } }), {},
      /got 20 x foreign-key, binary of \d+ bytes; .*; find the application that writes this record.*ForeignRecords\.SKIP/],
  ])('fails if no record can be re-encrypted: %s', async (_name, aRecord, change, message) => {
    const record = await aRecord();
    const error = await preflightOver(copies(20, record), change).then(() => undefined, (thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'StoreMismatch', message: expect.stringMatching(message) });
    expect(error?.message).toContain('none of the first 20 records can be re-encrypted as this store is described; no record was changed');
    const content = record.dataKey?.S ?? Buffer.from(record.dataKey?.B ?? record.dataKey?.M?.ciphertext?.B ?? []).toString('base64');
    expect(content.length).toBeGreaterThan(100);
    expect(error?.message).not.toContain(content);
  });

  test('passes if one record can be re-encrypted: the others are quarantined by name later', async () => {
    const wrong = { dataKey: { B: await old({ tenant: 'north' }) } };
    await preflightOver([...copies(20, wrong), { dataKey: { B: await old() } }]);
  });

  test('fails after a hundred records that cannot be re-encrypted, and reads no further', async () => {
    const before = family.kms.audit.count({ operation: 'ReEncrypt' });
    await expect(preflightOver(copies(150, { dataKey: { S: '?' } }))).rejects.toThrow('none of the first 100 records');
    expect(family.kms.audit.count({ operation: 'ReEncrypt' })).toBe(before);
  });

  test('passes if all records are of other keys and the store is declared to hold such records', async () => {
    await preflightOver(copies(3, { dataKey: { B: (await family.foreignDataKey()).blob } }), { foreignRecords: 'skip' });
  });

  test('is a dry run: KMS counts no use of a key, and no record is written', async () => {
    const table = await aTable(client);
    await table.put({ id: { S: 'a' }, dataKey: { B: await old() } });
    const before = await table.items();
    const answered = family.answered();
    await preflightStores('alias/orders', [await openDynamoTable(client, table.described())], family.port, family.generations);
    expect(family.answered()).toBe(answered);
    expect(await table.items()).toEqual(before);
  });

  test('passes if one of many items is a record, in any shard', async () => {
    const table = await aTable(client);
    await table.put(...Array.from({ length: 30 }, (_, n) => ({ id: { S: `${n}` } })), {
      id: { S: 'x' },
      dataKey: { B: await old() },
    });
    await preflightStores('alias/orders', [await openDynamoTable(client, table.described({ shards: 3 }), 4)], family.port, family.generations);
  });

  test('passes for an empty table', async () => {
    await preflightStores('alias/orders', [await openDynamoTable(client, (await aTable(client)).described())], family.port, family.generations);
  });

  test('fails if items exist and none has the data key attribute', async () => {
    const [right, wrong] = [await aTable(client), await aTable(client)];
    await right.put({ id: { S: 'a' }, dataKey: { B: await old() } });
    await wrong.put({ id: { S: 'a' }, datakey: { B: Buffer.from('blob') } }, { id: { S: 'b' }, document: { S: 'text' } });
    const stores = [
      await openDynamoTable(client, right.described()),
      await openDynamoTable(client, wrong.described({ storeId: 'invoices' })),
    ];
    await expect(preflightStores('alias/orders', stores, family.port, family.generations)).rejects.toMatchObject({
      name: 'StoreMismatch',
      message:
        `alias/orders, store invoices (table ${wrong.tableName}): no item has the attribute that is declared to hold the data key, got dataKey; ` +
        `allowed: datakey, document, id; correct dataKeyAttribute of this store; ${REMOVED_STORE}`,
    });
  });

  test('fails without attribute names if the role may read the attributes of a record only', async () => {
    const table = await aTable(client);
    await table.put({ id: { S: 'a' } });
    const store = await openDynamoTable(client, table.described());
    const denied = new Failure(ErrorName.ACCESS_DENIED, { where: store.place, what: 'Amazon DynamoDB refused', remedy: 'allow it' });
    const narrow = Object.assign(Object.create(store) as RecordStorePort, { sampleAttributeNames: () => Promise.reject(denied) });
    await expect(preflightStores('alias/orders', [narrow], family.port, family.generations)).rejects.toMatchObject({
      name: 'StoreMismatch', message: expect.stringContaining('got dataKey; correct dataKeyAttribute of this store'),
    });
  });
});
