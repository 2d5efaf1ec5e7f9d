import type { AttributeValue, DescribeTableCommand, DescribeTableOutput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { aClientFor, aTable, type Item } from './dynamodb-table';
import { describeStore, onlyRecordOf, recordsOf, type ContractRecord, type PlaceUnderTest } from './store-contract';
import { openDynamoTable } from '../../../lambda/stores/dynamodb/store';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { operationOf } from '../../../local/in-process/in-process-client';
import { REMOVED_STORE } from '../../../src/contract/stores/removed-store';

const OLD_ID = '11111111-1111-4111-8111-111111111111';
const OLD_ARN = `arn:aws:kms:eu-west-1:111122223333:key/${OLD_ID}`;
const NEW_ID = '22222222-2222-4222-8222-222222222222';
const NEW_ARN = `arn:aws:kms:eu-west-1:111122223333:key/${NEW_ID}`;
const BLOB = Buffer.from('an old blob');
const NEW_BLOB = Buffer.from('a new blob');

let dynamo: LocalDynamo;
let client: DynamoDBClient;
const clients: DynamoDBClient[] = [];

beforeAll(async () => {
  dynamo = await startLocalDynamo();
  client = aClientFor(dynamo.endpoint);
});

afterAll(async () => {
  for (const each of [client, ...clients]) each.destroy();
  await dynamo.stop();
});

/** A table in the terms of the contract. Its answers can be lost. */
async function aTableUnderContract(): Promise<PlaceUnderTest> {
  const table = await aTable(client);
  let lost = 0;
  const own = aClientFor(dynamo.endpoint, () => lost-- > 0);
  clients.push(own);
  return {
    open: (shards = 1, pageSize = 10) => openDynamoTable(own, table.described({
      shards, keyIdAttribute: 'kmsKeyId', encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } },
    }), pageSize),
    put: (...records) => table.put(...records.map(toItem)),
    delete: (id) => table.delete({ id: { S: id } }),
    records: async () => (await table.items()).map(toContractRecord),
    loseNextAnswer: () => { lost = 1; },
  };
}

const optional = (name: string, value: string | undefined): Item => (value === undefined ? {} : { [name]: { S: value } });

function toItem({ id, blob, form, tenant, recordedKeyId, document }: ContractRecord): Item {
  const dataKey: Item =
    blob === undefined ? {} : { dataKey: form === 'base64' ? { S: Buffer.from(blob).toString('base64') } : { B: blob } };
  return {
    id: { S: id },
    ...dataKey,
    ...optional('tenant', tenant),
    ...optional('kmsKeyId', recordedKeyId),
    ...optional('document', document),
  };
}

function toContractRecord({ id, dataKey, tenant, kmsKeyId, document, ...others }: Item): ContractRecord {
  expect(others).toEqual({});
  const blob = dataKey?.B ?? (dataKey?.S === undefined ? undefined : Buffer.from(dataKey.S, 'base64'));
  return {
    id: id?.S as string,
    ...(blob && { blob: Uint8Array.from(blob), form: dataKey?.B === undefined ? 'base64' : 'binary' }),
    ...(tenant && { tenant: tenant.S }),
    ...(kmsKeyId && { recordedKeyId: kmsKeyId.S }),
    ...(document && { document: document.S }),
  };
}

describeStore('a DynamoDB table', aTableUnderContract);

/** The commands that a client sends from now on. */
function watch(watched: DynamoDBClient): { name: string; input: Record<string, unknown> }[] {
  const sent: { name: string; input: Record<string, unknown> }[] = [];
  const watching = watched as unknown as { send(command: { input: Record<string, unknown> }): Promise<unknown> };
  const send = watching.send.bind(watched);
  watching.send = (command) => {
    sent.push({ name: operationOf(command), input: command.input });
    return send(command);
  };
  return sent;
}

describe('reading', () => {
  test.each([
    ['text', [['id', 'S']], (n: number): Item => ({ id: { S: `order-${n}` } })],
    ['a number', [['id', 'N']], (n: number): Item => ({ id: { N: `${n}` } })],
    [
      'binary and text',
      [
        ['tenant', 'B'],
        ['id', 'S'],
      ],
      (n: number): Item => ({ tenant: { B: Buffer.from([255, n % 3]) }, id: { S: `"${n}"` } }),
    ],
  ] as const)('every item is in exactly one page of one shard, whether its key is %s', async (_name, key, keyOf) => {
    const table = await aTable(
      client,
      key.map(([name, type]) => [name, type]),
    );
    await table.put(...Array.from({ length: 50 }, (_, n) => ({ ...keyOf(n), dataKey: { B: Buffer.from([n]) } })));
    const store = await openDynamoTable(client, table.described({ shards: 3 }), 4);
    const records = await recordsOf(async () => store);
    expect(records.map(({ blob }) => (blob as Uint8Array)[0]).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 50 }, (_, n) => n),
    );
    expect(new Set(records.map(({ locator }) => locator)).size).toBe(50);
    for (const record of records) expect(await store.read(record.locator)).toEqual(record);
  });

  test('a locator is the primary key as JSON, with binary values in base64', async () => {
    const table = await aTable(client, [['tenant', 'B'], ['id', 'N']]);
    await table.put({ tenant: { B: Buffer.from([1, 2, 3]) }, id: { N: '7' } });
    const record = await onlyRecordOf(await openDynamoTable(client, table.described()));
    expect(JSON.parse(record.locator)).toEqual({ tenant: { B: 'AQID' }, id: { N: '7' } });
  });

  test('a scan reads its own segment consistently, and exactly the attributes of a record', async () => {
    const table = await aTable(client);
    const watched = aClientFor(dynamo.endpoint);
    const sent = watch(watched);
    const store = await openDynamoTable(
      watched,
      table.described({
        shards: 7,
        keyIdAttribute: 'key',
        encryptionContext: { tenant: { kind: 'attribute', attribute: 'id' }, area: { kind: 'attribute', attribute: 'a.b' } },
      }),
      25,
    );
    await store.listPage(5, undefined);
    watched.destroy();
    expect(sent.map(({ name }) => name)).toEqual(['DescribeTable', 'Scan']);
    expect(sent[1]?.input).toEqual({
      TableName: table.tableName,
      Segment: 5,
      TotalSegments: 7,
      Limit: 25,
      ConsistentRead: true,
      ProjectionExpression: '#n0, #n1, #n2, #n3',
      ExpressionAttributeNames: { '#n0': 'id', '#n1': 'dataKey', '#n2': 'key', '#n3': 'a.b' },
    });
  });

  test.each<[string, AttributeValue | undefined, 'absent' | 'malformed' | number[]]>([
    ['nothing', undefined, 'absent'],
    ['NULL, as object mappers write it', { NULL: true }, 'absent'],
    ['binary', { B: Buffer.from([1, 2]) }, [1, 2]],
    ['base64', { S: 'AQI=' }, [1, 2]],
    ['base64 without padding', { S: 'AQI' }, [1, 2]],
    ['base64 for URLs', { S: '-_-_' }, [251, 255, 191]],
    ['base64 with a line break', { S: 'AQID\n' }, [1, 2, 3]],
    ['base64 of both alphabets', { S: '-_+/' }, 'malformed'],
    ['base64 with a space', { S: 'AQ ID' }, 'malformed'],
    ['base64 with lines of different lengths', { S: 'AQID\nAQ\nID' }, 'malformed'],
    ['base64 with bits left over', { S: 'AQJ=' }, 'malformed'],
    ['plain text', { S: 'hello, world' }, 'malformed'],
    ['a number', { N: '42' }, 'malformed'],
    ['a map', { M: {} }, 'malformed'],
  ])('a data key attribute that holds %s', async (_name, value, expected) => {
    const table = await aTable(client);
    await table.put({ id: { S: 'a' }, ...(value === undefined ? {} : { dataKey: value }) });
    const { blob } = await onlyRecordOf(await openDynamoTable(client, table.described()));
    expect(typeof blob === 'string' ? blob : [...blob]).toEqual(expected);
  });

  test.each<[string, Item, object]>([
    ['literals and attributes of text or number', { tenant: { S: 'north' }, year: { N: '2026.50' } },
      { kind: 'known', context: { purpose: 'orders', tenant: 'north', year: '2026.5' } }],
    ['a missing attribute', { tenant: { S: 'north' } }, { kind: 'missing', attribute: 'year' }],
    ['an attribute of another type', { tenant: { BOOL: true }, year: { N: '1' } }, { kind: 'missing', attribute: 'tenant' }],
  ])('an encryption context is made of %s', async (_name, item, expected) => {
    const table = await aTable(client);
    await table.put({ id: { S: 'a' }, ...item });
    const encryptionContext = {
      purpose: { kind: 'literal', value: 'orders' },
      tenant: { kind: 'attribute', attribute: 'tenant' },
      year: { kind: 'attribute', attribute: 'year' },
    } as const;
    const record = await onlyRecordOf(await openDynamoTable(client, table.described({ encryptionContext })));
    expect(record.encryptionContext).toEqual(expected);
  });
});

describe('writing', () => {
  const CONTEXT = { tenant: { kind: 'attribute', attribute: 'tenant' } } as const;
  const ITEM: Item = { id: { S: 'a' }, dataKey: { B: BLOB }, tenant: { S: 'north' }, document: { S: 'text' } };

  test.each<[string, AttributeValue, AttributeValue]>([
    ['binary stays binary', { B: BLOB }, { B: Uint8Array.from(NEW_BLOB) }],
    ['base64 stays base64', { S: BLOB.toString('base64') }, { S: NEW_BLOB.toString('base64') }],
  ])('the blob keeps its form, and no other attribute changes: %s', async (_name, before, after) => {
    const table = await aTable(client);
    await table.put({ ...ITEM, dataKey: before });
    const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }));
    expect(await store.replaceIfUnchanged(await onlyRecordOf(store), NEW_BLOB, NEW_ARN)).toBe('replaced');
    expect(await table.items()).toEqual([{ ...ITEM, dataKey: after }]);
  });

  test.each<[string, AttributeValue | undefined, string]>([
    ['a bare key id', { S: OLD_ID }, NEW_ID],
    ['an ARN', { S: OLD_ARN }, NEW_ARN],
    ['an alias', { S: 'alias/orders' }, NEW_ARN],
    ['the ARN of an alias', { S: 'arn:aws:kms:eu-west-1:111122223333:alias/orders' }, NEW_ARN],
    ['a word', { S: 'orders' }, NEW_ARN],
    ['a number', { N: '3' }, NEW_ARN],
    ['nothing', undefined, NEW_ARN],
  ])('the recorded key id is updated in the form that the item has: %s', async (_name, before, after) => {
    const table = await aTable(client);
    await table.put({ ...ITEM, ...(before === undefined ? {} : { kmsKeyId: before }) });
    const store = await openDynamoTable(client, table.described({ keyIdAttribute: 'kmsKeyId' }));
    await store.replaceIfUnchanged(await onlyRecordOf(store), NEW_BLOB, NEW_ARN);
    expect((await table.get({ id: { S: 'a' } }))?.kmsKeyId).toEqual({ S: after });
  });

  test.each<[string, Item | undefined, 'changed' | 'deleted']>([
    ['another blob', { ...ITEM, dataKey: { B: Buffer.from('the application\'s own blob') } }, 'changed'],
    ['another context', { ...ITEM, tenant: { S: 'south' } }, 'changed'],
    ['the context was removed', { id: { S: 'a' }, dataKey: { B: BLOB } }, 'changed'],
    ['the data key was removed', { id: { S: 'a' }, tenant: { S: 'north' } }, 'changed'],
    ['the same blob as text', { ...ITEM, dataKey: { S: BLOB.toString('base64') } }, 'changed'],
    ['deleted', undefined, 'deleted'],
  ])('a write of an application between read and write is kept: %s', async (_name, meanwhile, expected) => {
    const table = await aTable(client);
    await table.put(ITEM);
    const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT, keyIdAttribute: 'kmsKeyId' }));
    const record = await onlyRecordOf(store);
    if (meanwhile === undefined) await table.delete({ id: { S: 'a' } });
    else await table.put(meanwhile);
    const before = await table.items();
    expect(await store.replaceIfUnchanged(record, NEW_BLOB, NEW_ARN)).toBe(expected);
    expect(await table.items()).toEqual(before);
  });
});

describe('a description that does not fit is refused when the table is opened', () => {
  test('the table does not exist', async () => {
    const table = await aTable(client);
    await expect(openDynamoTable(client, table.described({ tableName: 'ordres' }))).rejects.toMatchObject({
      name: 'StoreMismatch',
      message: expect.stringMatching(/^table ordres: .*ResourceNotFoundException.*; correct the table of this store, or restore it; a store that is no longer declared is not re-encrypted.*$/),
    });
  });

  test.each([
    ['of another Region', (arn: string) => arn.replace('eu-west-1', 'eu-north-1')],
    ['of another account', (arn: string) => arn.replace('111122223333', '444455556666')],
    ['of another partition', (arn: string) => arn.replace('arn:aws:', 'arn:aws-cn:')],
  ])('the declared table is one %s, and a table here has the same name', async (_name, elsewhere) => {
    const table = await aTable(client);
    const { tableArn } = table.described();
    const own = aClientFor(dynamo.endpoint);
    clients.push(own);
    const sent = watch(own);
    await expect(openDynamoTable(own, table.described({ tableArn: elsewhere(tableArn) }))).rejects.toMatchObject({
      name: 'StoreMismatch',
      message: `table ${table.tableName}: the table of this name in the Region and account of the worker is not the declared one; `
        + `nothing was read or written, got ${tableArn}; allowed: ${elsewhere(tableArn)}; `
        + `declare the table in a rotating key of its own Region and account; ${REMOVED_STORE}`,
    });
    expect(sent.map(({ name }) => name)).toEqual(['DescribeTable']);
  });

  test('DynamoDB reports no id, so a table that is created again could not be told from this one', async () => {
    const table = await aTable(client);
    const own = aClientFor(dynamo.endpoint);
    clients.push(own);
    const send = own.send.bind(own) as (command: DescribeTableCommand) => Promise<DescribeTableOutput>;
    Object.assign(own, {
      send: async (command: DescribeTableCommand) => {
        const { Table: described, ...answer } = await send(command);
        return { ...answer, Table: { ...described, TableId: undefined } };
      },
    });
    await expect(openDynamoTable(own, table.described())).rejects.toMatchObject({
      name: 'StoreMismatch', message: expect.stringContaining('without a table id'),
    });
  });

  const tenant = { kind: 'attribute', attribute: 'tenant' } as const;
  test.each([
    [
      'the data key is part of the primary key',
      { dataKeyAttribute: 'id' },
      'dataKeyAttribute is part of the primary key or of the encryption context, got id',
    ],
    [
      'the data key is part of its own context',
      { dataKeyAttribute: 'tenant', encryptionContext: { tenant } },
      'dataKeyAttribute is part of the primary key or of the encryption context, got tenant',
    ],
    [
      'the key id is part of the context',
      { keyIdAttribute: 'tenant', encryptionContext: { tenant } },
      'keyIdAttribute is part of the primary key or of the encryption context, got tenant',
    ],
    [
      'the key id is the data key',
      { keyIdAttribute: 'dataKey' },
      'keyIdAttribute and dataKeyAttribute are the same attribute, got dataKey',
    ],
  ])('%s', async (_name, change, complaint) => {
    const table = await aTable(client);
    await expect(openDynamoTable(client, table.described(change))).rejects.toMatchObject({
      name: 'StoreMismatch',
      message: `table ${table.tableName}: ${complaint}; allowed: a separate attribute; correct the attributes of this store`,
    });
  });
});

test('a sample lists the attribute names of a few items', async () => {
  const table = await aTable(client);
  await table.put({ id: { S: 'a' }, datakey: { S: 'x' } }, { id: { S: 'b' }, document: { S: 'y' } });
  expect(await (await openDynamoTable(client, table.described())).sampleAttributeNames()).toEqual(['datakey', 'document', 'id']);
});

describe('base64 is written as it was found', () => {
  const SHOWS = Buffer.from([0xfb, 0xff, 0xbf, 0xfb]);

  test.each([
    ['with line feeds', 'TEFJ\nTk9P\nUg==\n', '+/+/\n+w==\n'],
    ['for URLs, without padding', '-_-_-w', '-_-_-w'],
    ['without padding', '+/+/+w', '+/+/+w'],
    ['with padding', '+/+/+w==', '+/+/+w=='],
  ])('%s', async (_name, found, written) => {
    const table = await aTable(client);
    await table.put({ id: { S: 'a' }, dataKey: { S: found } });
    const store = await openDynamoTable(client, table.described());
    expect(await store.replaceIfUnchanged(await onlyRecordOf(store), SHOWS, NEW_ARN)).toBe('replaced');
    expect((await table.get({ id: { S: 'a' } }))?.dataKey?.S).toBe(written);
  });

  test('in the alphabet of the other records, if the text could have either', async () => {
    const table = await aTable(client);
    await table.put({ id: { S: 'a' }, dataKey: { S: 'AQIDBA==' } }, { id: { S: 'b' }, dataKey: { S: '-_-_-w==' } });
    const store = await openDynamoTable(client, table.described());
    const { records } = await store.listPage(0, undefined);
    for (const record of records) expect(await store.replaceIfUnchanged(record, SHOWS, NEW_ARN)).toBe('replaced');
    expect((await table.items()).map(({ dataKey }) => dataKey?.S)).toEqual(['-_-_-w==', '-_-_-w==']);
  });
});
