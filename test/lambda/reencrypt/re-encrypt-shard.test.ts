import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CONTEXT, expectAllUnder, orders } from './orders';
import { aRequest, NOON, outcomesOf, wholePass } from './whole-pass';
import { reEncryptShard } from '../../../lambda/reencrypt/shard/re-encrypt-shard';
import { openDynamoTable } from '../../../lambda/stores/dynamodb/store';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import type { FaultRule } from '../../../local/kms/service/faults/fault-rule';
import type { ShardEvidence } from '../../../src/contract/evidence/evidence';
import { FamilyOfKeys } from '../../support/world/family-of-keys';
import { aClientFor, aTable } from '../stores/dynamodb-table';

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

/** The evidence of all invocations, in order. */
async function evidenceIn(evidence: EvidenceInMemory): Promise<ShardEvidence[]> {
  return Promise.all(evidence.keys().map(async (key) => await evidence.read<ShardEvidence>(key) as ShardEvidence));
}

test('every data key ends under the current generation with its plaintext, for every recorded key id', async () => {
  const table = await aTable(client, [['id', 'N']]);
  const first = await orders(family, table, 0, 40, 1, (n) => (n % 2 === 0 ? family.arn(1) : 'alias/orders'));
  const second = await orders(family, table, 40, 80, 2);
  const third = await orders(family, table, 80, 100, 3, () => family.arn(3));
  const store = await openDynamoTable(client, table.described({ shards: 3, keyIdAttribute: 'kmsKeyId', encryptionContext: CONTEXT }), 10);
  const counts = await wholePass({ kms: family.port, store, generations: family.generations });
  expect(counts).toMatchObject({ reEncrypted: 80, alreadyCurrent: 20, unusableKeyIds: 20, quarantine: [] });
  await expectAllUnder(family, family.arn(3), table, new Map([...first, ...second, ...third]));
  expect(new Set((await table.items()).map(({ kmsKeyId }) => kmsKeyId?.S))).toEqual(new Set([family.arn(3)]));
});

test('KMS answers one call for each of 2,000 records that needs re-encryption, and none for the others', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(family, table, 0, 1000, 1, () => family.arn(1));
  await orders(family, table, 1000, 1800, 2, () => 'orders');
  await orders(family, table, 1800, 2000, 3, () => family.arn(3));
  const store = await openDynamoTable(client, table.described({ shards: 2, keyIdAttribute: 'kmsKeyId', encryptionContext: CONTEXT }), 200);
  const counts = await wholePass({ kms: family.port, store, generations: family.generations });
  expect(counts).toEqual({
    scanned: 2000,
    withoutDataKey: 0,
    reEncrypted: 1800,
    alreadyCurrent: 200,
    underOldGeneration: 0,
    underOtherGeneration: 0,
    foreign: 0,
    quarantined: 0,
    deleted: 0,
    writeConflicts: 0,
    answeredCalls: 1800,
    unusableKeyIds: 800,
    quarantine: [],
  });
  expect(family.answered()).toBe(1800);
  const again = await wholePass({ kms: family.port, store, generations: family.generations, pass: 2 });
  expect([again.alreadyCurrent, again.answeredCalls]).toEqual([2000, 0]);
});

test('a dry run counts what a re-encryption would do, and writes nothing', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(family, table, 0, 12, 1, () => family.arn(1));
  await orders(family, table, 12, 20, 3, () => family.arn(3));
  const store = await openDynamoTable(client, table.described({ keyIdAttribute: 'kmsKeyId', encryptionContext: CONTEXT }));
  const before = await table.items();
  const counts = await wholePass({ kms: family.port, store, generations: family.generations, mode: 'dry-run' });
  expect(counts).toMatchObject({ scanned: 20, underOldGeneration: 12, alreadyCurrent: 8, answeredCalls: 12 });
  expect(await table.items()).toEqual(before);
});

test('a wrong recorded key id costs one more call, and a census finds the record that it hid', async () => {
  const table = await aTable(client, [['id', 'N']]);
  const stale = await orders(family, table, 0, 5, 2, () => family.arn(1));
  await orders(family, table, 5, 6, 1, () => family.arn(3));
  const store = await openDynamoTable(client, table.described({ keyIdAttribute: 'kmsKeyId', encryptionContext: CONTEXT }));
  const counts = await wholePass({ kms: family.port, store, generations: family.generations });
  expect(counts).toMatchObject({ reEncrypted: 5, alreadyCurrent: 1, answeredCalls: 10, quarantined: 0 });
  await expectAllUnder(family, family.arn(3), table, stale);

  const census = await wholePass({ kms: family.port, store, generations: family.generations, mode: 'census', pass: 2 });
  expect(census).toMatchObject({ alreadyCurrent: 5, underOldGeneration: 1 });
});

describe('limits', () => {
  test('an invocation stops at a page border, and the next one continues from there', async () => {
    const table = await aTable(client, [['id', 'N']]);
    await orders(family, table, 0, 25, 1);
    const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 5);
    const options = { kms: family.port, store, generations: family.generations };
    const ports = { kms: family.port, store, evidence: new EvidenceInMemory(), clock: NOON };
    const first = await reEncryptShard(aRequest(options), ports, { concurrency: 4, pages: 2, milliseconds: 1000 });
    expect(first).toEqual({ finished: false, sequence: 1 });
    const rest = await reEncryptShard({ ...aRequest(options), sequence: 1 }, ports, { concurrency: 4, pages: 100, milliseconds: 1000 });
    expect(rest).toEqual({ finished: true, sequence: 2 });
    const [begun, ended, ...others] = await evidenceIn(ports.evidence);
    expect(others).toEqual([]);
    expect(begun).toMatchObject({ finished: false, counts: { scanned: 10, reEncrypted: 10 }, cursor: expect.any(String) });
    expect(ended).toMatchObject({ finished: true, counts: { scanned: 15, reEncrypted: 15 }, from: begun?.cursor });
    expect([begun?.from, ended?.cursor]).toEqual([undefined, undefined]);
  });

  test('no further page is read after the time limit', async () => {
    const table = await aTable(client, [['id', 'N']]);
    await orders(family, table, 0, 25, 1);
    const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 5);
    let seconds = 0;
    const clock = { ...NOON, now: () => new Date(1000 * seconds++) };
    const options = { kms: family.port, store, generations: family.generations };
    const ports = { kms: family.port, store, evidence: new EvidenceInMemory(), clock };
    const progress = await reEncryptShard(aRequest(options), ports, { concurrency: 4, pages: 100, milliseconds: 3000 });
    expect(progress).toEqual({ finished: false, sequence: 1 });
    expect((await evidenceIn(ports.evidence)).map(({ counts }) => counts.scanned)).toEqual([15]);
  });
});

describe('faults of KMS', () => {
  test.each<[string, FaultRule[]]>([
    ['30 % of all calls are throttled', [{ kind: 'throttle', operation: 'ReEncrypt', probability: 0.3 }]],
    ['5 % of all answers are lost, after their effect', [{ kind: 'answerLost', operation: 'ReEncrypt', probability: 0.05 }]],
    ['10 % of all calls end in an internal error', [{ kind: 'internalError', operation: 'ReEncrypt', probability: 0.1 }]],
  ])('%s: the result is the same', async (_name, faults) => {
    const table = await aTable(client, [['id', 'N']]);
    const dataKeys = await orders(family, table, 0, 150, 1);
    const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 50);
    family.kms.faults.set(faults);
    const counts = await wholePass({ kms: family.port, store, generations: family.generations });
    family.kms.faults.clear();
    expect(counts).toMatchObject({ scanned: 150, reEncrypted: 150, answeredCalls: 150, quarantined: 0 });
    expect(family.kms.audit.count({ operation: 'ReEncrypt', accessKey: 'worker' })).toBeGreaterThan(150);
    await expectAllUnder(family, family.arn(3), table, dataKeys);
  });
});

test('the outcomes of every invocation add up, and its evidence has the first and last request id', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(family, table, 0, 9, 1);
  const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 4);
  const evidence = new EvidenceInMemory();
  await wholePass({ kms: family.port, store, generations: family.generations, evidence, limits: { pages: 1 } });
  const invocations = await evidenceIn(evidence);
  expect(invocations.map(({ counts }) => counts.scanned)).toEqual([4, 4, 1]);
  expect(invocations.map(({ finished }) => finished)).toEqual([false, false, true]);
  for (const { counts } of invocations) expect(outcomesOf(counts)).toBe(counts.scanned);
  const requestIds = family.kms.audit.records.map(({ requestId }) => requestId);
  const recorded = invocations.flatMap(({ firstRequestId, lastRequestId }) => [firstRequestId, lastRequestId]);
  expect(requestIds).toEqual(expect.arrayContaining(recorded));
});

test('the progress of each record is reported once', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(family, table, 0, 6, 1);
  await orders(family, table, 6, 10, 3);
  const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 3);
  const reported: string[] = [];
  const progress = { recordDone: (storeId: string, outcome: string) => void reported.push(`${storeId} ${outcome}`) };
  await wholePass({ kms: family.port, store, generations: family.generations, around: { progress } });
  expect(reported.sort()).toEqual([...Array(4).fill('orders alreadyCurrent'), ...Array(6).fill('orders reEncrypted')]);
});

describe('a request that does not match the store', () => {
  test.each([
    [
      'another store',
      { store: { storeId: 'invoices', shards: 1 } },
      'the request names another store than the one that was opened, got invoices; allowed: orders',
    ],
    [
      'another number of shards',
      { store: { storeId: 'orders', shards: 4 } },
      'the store has another number of shards than the request, got 4; allowed: 1',
    ],
    ['a shard that does not exist', { shard: 1 }, 'the shard does not exist, got 1; allowed: 0 to 0'],
    [
      'a current generation that is not in the list',
      { generations: { current: 'b', all: ['a'] } },
      'the list of all generations lacks the current one, got b; allowed: a',
    ],
  ])('%s is refused before any call', async (_name, change, message) => {
    const table = await aTable(client, [['id', 'N']]);
    const store = await openDynamoTable(client, table.described());
    const options = { kms: family.port, store, generations: family.generations };
    const outcome = reEncryptShard(
      { ...aRequest(options), ...change },
      { kms: family.port, store, evidence: new EvidenceInMemory(), clock: NOON },
    );
    await expect(outcome).rejects.toMatchObject({ name: 'InvalidRequest', message: expect.stringContaining(message) });
  });
});
