import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FamilyOfKeys, type DataKey } from './family-of-keys';
import { aRequest, NOON, outcomesOf, wholePass } from './whole-pass';
import { openDynamoTable } from '../../../lambda/adapters/dynamodb-store';
import { reEncryptShard } from '../../../lambda/reencrypt/re-encrypt-shard';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import type { FaultRule } from '../../../local/kms/faults/fault-rule';
import { aClientFor, aTable, type Item, type Table } from '../adapters/dynamodb-table';

let dynamo: LocalDynamo;
let client: DynamoDBClient;
let family: FamilyOfKeys;

beforeAll(async () => {
  dynamo = await startLocalDynamo();
  client = aClientFor(dynamo.endpoint);
});

beforeEach(async () => {
  family = await FamilyOfKeys.start(3);
});

afterEach(() => family.stop());

afterAll(async () => {
  client.destroy();
  await dynamo.stop();
});

const CONTEXT = { tenant: { kind: 'attribute', attribute: 'tenant' }, purpose: { kind: 'literal', value: 'orders' } } as const;
const TENANTS = 7;
const tenantOf = (n: number) => `tenant-${n % TENANTS}`;
const contextOf = (n: number) => ({ tenant: tenantOf(n), purpose: 'orders' });

/** So many orders under a generation, half of them in bytes and half in base64; answers what their data keys are. */
async function orders(table: Table, from: number, to: number, generation: number, kmsKeyId?: (n: number) => string): Promise<Map<number, DataKey>> {
  // As many data keys as there are tenants: an application may use one for many records.
  const ofTenants = await Promise.all(Array.from({ length: TENANTS }, (_, n) => family.dataKey(family.arn(generation), contextOf(n))));
  const dataKeys = new Map(Array.from({ length: to - from }, (_, index) => [from + index, ofTenants[(from + index) % TENANTS] as DataKey]));
  await table.put(...[...dataKeys].map(([n, { blob }]): Item => ({
    id: { N: `${n}` },
    tenant: { S: tenantOf(n) },
    dataKey: n % 2 === 0 ? { B: blob } : { S: Buffer.from(blob).toString('base64') },
    ...(kmsKeyId === undefined ? {} : { kmsKeyId: { S: kmsKeyId(n) } }),
  })));
  return dataKeys;
}

const blobOf = (item: Item | undefined): Uint8Array => item?.dataKey?.B ?? Buffer.from(item?.dataKey?.S as string, 'base64');

/** Every order opens to its own plaintext, and stands under this key. */
async function expectAllUnder(keyArn: string, table: Table, dataKeys: ReadonlyMap<number, DataKey>): Promise<void> {
  const items = new Map((await table.items()).map((item) => [Number(item.id?.N), item]));
  await Promise.all([...dataKeys].map(async ([n, { plaintextHash }]) => {
    expect(await family.open(blobOf(items.get(n)), contextOf(n))).toEqual({ keyArn, plaintextHash });
  }));
}

test('every data key ends under the current generation with its plaintext, whatever was noted as its key id', async () => {
  const table = await aTable(client, [['id', 'N']]);
  const first = await orders(table, 0, 40, 1, (n) => (n % 2 === 0 ? family.arn(1) : 'alias/orders'));
  const second = await orders(table, 40, 80, 2);
  const third = await orders(table, 80, 100, 3, () => family.arn(3));
  const store = await openDynamoTable(client, table.described({ shards: 3, keyIdAttribute: 'kmsKeyId', encryptionContext: CONTEXT }), 10);
  const counts = await wholePass({ kms: family.port, store, generations: family.generations });
  expect(counts).toMatchObject({ reEncrypted: 80, alreadyCurrent: 20, unusableKeyIds: 20, quarantine: [] });
  await expectAllUnder(family.arn(3), table, new Map([...first, ...second, ...third]));
  expect(new Set((await table.items()).map(({ kmsKeyId }) => kmsKeyId?.S))).toEqual(new Set([family.arn(3)]));
});

test('at 2,000 records KMS answers once for each that needs work, and not at all for the others', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(table, 0, 1000, 1, () => family.arn(1));
  await orders(table, 1000, 1800, 2, () => 'orders');
  await orders(table, 1800, 2000, 3, () => family.arn(3));
  const store = await openDynamoTable(client, table.described({ shards: 2, keyIdAttribute: 'kmsKeyId', encryptionContext: CONTEXT }), 200);
  const counts = await wholePass({ kms: family.port, store, generations: family.generations });
  expect(counts).toEqual({
    scanned: 2000,
    withoutDataKey: 0,
    reEncrypted: 1800,
    alreadyCurrent: 200,
    underOldGeneration: 0,
    quarantined: 0,
    gone: 0,
    changedMeanwhile: 0,
    answeredCalls: 1800,
    unusableKeyIds: 800,
    quarantine: [],
  });
  expect(family.answered()).toBe(1800);
  const again = await wholePass({ kms: family.port, store, generations: family.generations, pass: 2 });
  expect([again.alreadyCurrent, again.answeredCalls]).toEqual([2000, 0]);
});

test('a census asks KMS about every blob once, believes no note, and writes nothing', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(table, 0, 20, 1, () => family.arn(3));
  await orders(table, 20, 30, 2, () => family.arn(2));
  await orders(table, 30, 50, 3, () => 'alias/orders');
  await table.put({ id: { N: '50' }, tenant: { S: 'no data key' } });
  const store = await openDynamoTable(client, table.described({ shards: 2, keyIdAttribute: 'kmsKeyId', encryptionContext: CONTEXT }), 10);
  const before = await table.items();

  const counts = await wholePass({ kms: family.port, store, generations: family.generations, mode: 'census' });
  expect(counts).toMatchObject({ scanned: 51, withoutDataKey: 1, underOldGeneration: 30, alreadyCurrent: 20, answeredCalls: 50, unusableKeyIds: 20 });
  expect(family.answered()).toBe(50);
  expect(await table.items()).toEqual(before);
});

test('a dry run tells what a re-encryption would do, and writes nothing', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(table, 0, 12, 1, () => family.arn(1));
  await orders(table, 12, 20, 3, () => family.arn(3));
  const store = await openDynamoTable(client, table.described({ keyIdAttribute: 'kmsKeyId', encryptionContext: CONTEXT }));
  const before = await table.items();
  const told = await wholePass({ kms: family.port, store, generations: family.generations, mode: 'dry-run' });
  expect(told).toMatchObject({ scanned: 20, underOldGeneration: 12, alreadyCurrent: 8, answeredCalls: 12 });
  expect(await table.items()).toEqual(before);
});

test('a note that lies costs one more call, and a census finds the record that a lying note has hidden', async () => {
  const table = await aTable(client, [['id', 'N']]);
  const stale = await orders(table, 0, 5, 2, () => family.arn(1));
  await orders(table, 5, 6, 1, () => family.arn(3));
  const store = await openDynamoTable(client, table.described({ keyIdAttribute: 'kmsKeyId', encryptionContext: CONTEXT }));
  const counts = await wholePass({ kms: family.port, store, generations: family.generations });
  expect(counts).toMatchObject({ reEncrypted: 5, alreadyCurrent: 1, answeredCalls: 10, quarantined: 0 });
  await expectAllUnder(family.arn(3), table, stale);

  const census = await wholePass({ kms: family.port, store, generations: family.generations, mode: 'census', pass: 2 });
  expect(census).toMatchObject({ alreadyCurrent: 5, underOldGeneration: 1 });
});

describe('budgets', () => {
  test('an invocation stops at a page border, and the next one goes on from there', async () => {
    const table = await aTable(client, [['id', 'N']]);
    await orders(table, 0, 25, 1);
    const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 5);
    const options = { kms: family.port, store, generations: family.generations };
    const ports = { kms: family.port, store, evidence: new EvidenceInMemory(), clock: NOON };
    const first = await reEncryptShard(aRequest(options), ports, { concurrency: 4, pages: 2, milliseconds: 1000 });
    expect(first).toMatchObject({ sequence: 1, counts: { scanned: 10, reEncrypted: 10 } });
    const rest = await reEncryptShard({ ...aRequest(options), ...first }, ports, { concurrency: 4, pages: 100, milliseconds: 1000 });
    expect(rest).toMatchObject({ cursor: undefined, sequence: 2, counts: { scanned: 15, reEncrypted: 15 } });
    expect(ports.evidence.keys()).toEqual(['run-1/pass-001/orders/000000/000000.counts.json', 'run-1/pass-001/orders/000000/000001.counts.json']);
  });

  test('when time is up no further page is read', async () => {
    const table = await aTable(client, [['id', 'N']]);
    await orders(table, 0, 25, 1);
    const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 5);
    let seconds = 0;
    const clock = { now: () => new Date(1000 * seconds++) };
    const options = { kms: family.port, store, generations: family.generations };
    const ports = { kms: family.port, store, evidence: new EvidenceInMemory(), clock };
    const progress = await reEncryptShard(aRequest(options), ports, { concurrency: 4, pages: 100, milliseconds: 3000 });
    expect(progress.counts.scanned).toBe(15);
    expect(progress.cursor).toBeDefined();
  });
});

describe('faults of KMS', () => {
  test.each<[string, FaultRule[]]>([
    ['30 % of all calls are throttled', [{ kind: 'throttle', operation: 'ReEncrypt', probability: 0.3 }]],
    ['5 % of all answers are lost, after their effect', [{ kind: 'answerLost', operation: 'ReEncrypt', probability: 0.05 }]],
    ['10 % of all calls end in an internal error', [{ kind: 'internalError', operation: 'ReEncrypt', probability: 0.1 }]],
  ])('%s: slower, and otherwise as if nothing were', async (_name, faults) => {
    const table = await aTable(client, [['id', 'N']]);
    const dataKeys = await orders(table, 0, 150, 1);
    const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 50);
    family.kms.faults.set(faults);
    const counts = await wholePass({ kms: family.port, store, generations: family.generations });
    family.kms.faults.clear();
    expect(counts).toMatchObject({ scanned: 150, reEncrypted: 150, answeredCalls: 150, quarantined: 0 });
    expect(family.kms.audit.count({ operation: 'ReEncrypt', accessKey: 'worker' })).toBeGreaterThan(150);
    await expectAllUnder(family.arn(3), table, dataKeys);
  });
});

test('the counts of every invocation fulfil the law of counts, and evidence says when and by which requests', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(table, 0, 9, 1);
  const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 4);
  const evidence = new EvidenceInMemory();
  await wholePass({ kms: family.port, store, generations: family.generations, evidence, limits: { pages: 1 } });
  const left = await evidence.readCounts('run-1/');
  expect(left.map(({ counts }) => counts.scanned)).toEqual([4, 4, 1]);
  expect(left.map(({ finished }) => finished)).toEqual([false, false, true]);
  for (const { counts } of left) expect(outcomesOf(counts)).toBe(counts.scanned);
  const requestIds = family.kms.audit.records.map(({ requestId }) => requestId);
  expect(left.every(({ firstRequestId, lastRequestId }) => requestIds.includes(firstRequestId ?? '') && requestIds.includes(lastRequestId ?? ''))).toBe(true);
});

test('people who watch hear of each record once', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(table, 0, 6, 1);
  await orders(table, 6, 10, 3);
  const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 3);
  const heard: string[] = [];
  const progress = { recordDone: (storeId: string, outcome: string) => void heard.push(`${storeId} ${outcome}`) };
  await wholePass({ kms: family.port, store, generations: family.generations, around: { progress } });
  expect(heard.sort()).toEqual([...Array(4).fill('orders alreadyCurrent'), ...Array(6).fill('orders reEncrypted')]);
});

describe('a request that does not fit', () => {
  test.each([
    ['another store', { store: { storeId: 'invoices', shards: 1 } }, 'request and store do not belong together, got invoices; allowed: orders'],
    ['another number of shards', { store: { storeId: 'orders', shards: 4 } }, 'the store is cut into another number of shards, got 4; allowed: 1'],
    ['a shard that does not exist', { shard: 1 }, 'there is no such shard, got 1; allowed: 0 to 0'],
    ['a current generation that is none', { generations: { current: 'b', all: ['a'] } }, 'the current generation is not among all generations, got b; allowed: a'],
  ])('%s is refused before anything is asked', async (_name, change, complaint) => {
    const table = await aTable(client, [['id', 'N']]);
    const store = await openDynamoTable(client, table.described());
    const options = { kms: family.port, store, generations: family.generations };
    const asked = reEncryptShard({ ...aRequest(options), ...change }, { kms: family.port, store, evidence: new EvidenceInMemory(), clock: NOON });
    await expect(asked).rejects.toMatchObject({ name: 'InvalidRequest', message: expect.stringContaining(complaint) });
  });
});
