import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { aRequest, NOON, outcomesOf, sumEvidence } from './whole-pass';
import type { EvidencePort } from '../../../lambda/ports/evidence';
import type { RecordStorePort } from '../../../lambda/ports/records';
import { reEncryptShard, type ReEncryptionPorts } from '../../../lambda/reencrypt/shard/re-encrypt-shard';
import { openDynamoTable } from '../../../lambda/stores/dynamodb/store';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { evidenceKey, type ShardEvidence } from '../../../src/contract/evidence/evidence';
import type { RecordCounts, ShardRequest } from '../../../src/contract/runs/reencryption';
import { FamilyOfKeys } from '../../support/world/family-of-keys';
import { aClientFor, aTable, type Item, type Table } from '../stores/dynamodb-table';

const LIMITS = { concurrency: 2, pages: 1, milliseconds: 1000 };

let dynamo: LocalDynamo;
let client: DynamoDBClient;
let family: FamilyOfKeys;
let table: Table;
let store: RecordStorePort;
let evidence: EvidenceInMemory;
let ports: ReEncryptionPorts;
let counted: RecordCounts[];
let anOrder: (id: string, good: boolean) => Item;

beforeAll(async () => {
  dynamo = await startLocalDynamo();
  client = aClientFor(dynamo.endpoint);
  family = await FamilyOfKeys.start(2);
  const { blob } = await family.dataKey(family.arn(1));
  anOrder = (id, good) => ({ id: { S: id }, dataKey: good ? { B: blob } : { S: 'no data key' } });
});

beforeEach(async () => {
  table = await aTable(client);
  await table.put(...['a', 'b', 'c', 'd', 'e'].map((id) => anOrder(id, true)), anOrder('x', false));
  store = await openDynamoTable(client, table.described(), 4);
  evidence = new EvidenceInMemory();
  counted = [];
  ports = { kms: family.port, store, evidence, clock: NOON, counted: (counts) => void counted.push(counts) };
});

afterAll(async () => {
  await family.stop();
  client.destroy();
  await dynamo.stop();
});

const request = (sequence: number, change: Partial<ShardRequest> = {}): ShardRequest =>
  ({ ...aRequest({ kms: family.port, store, generations: family.generations }), sequence, ...change });

const countsKey = (sequence: number) => evidenceKey({ run: 'run-1', pass: 1, storeId: 'orders', shard: 0, sequence }, 'counts');

async function workOnWholeShard(): Promise<void> {
  let progress = { finished: false, sequence: 0 };
  while (!progress.finished) progress = await reEncryptShard(request(progress.sequence), ports, LIMITS);
}

/** All evidence, as text. */
async function allEvidence(): Promise<string> {
  return JSON.stringify(await Promise.all(evidence.keys().map(async (key) => [key, await evidence.read(key)])));
}

/** A store that returns its first page after `release`. `called` resolves when that page is requested. */
function held(inner: RecordStorePort): { store: RecordStorePort; called: Promise<void>; release: () => void } {
  let release = () => {};
  const released = new Promise<void>((resolve) => { release = resolve; });
  let call = () => {};
  const called = new Promise<void>((resolve) => { call = resolve; });
  const listPage: RecordStorePort['listPage'] = async (...page) => {
    call();
    await released;
    return inner.listPage(...page);
  };
  return { store: Object.assign(Object.create(inner) as RecordStorePort, { listPage }), called, release };
}

describe('an invocation that is repeated after it was recorded', () => {
  test('returns the same result, reads no record, and changes no count', async () => {
    await workOnWholeShard();
    const [before, calls] = [await allEvidence(), family.answered()];
    // An application has restored the old items.
    await table.put(...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => anOrder(id, true)));
    const untouchable = new Proxy(store, {
      get: (target, name) =>
        ['storeId', 'shards', 'place', 'dataKeyAttribute'].includes(String(name))
          ? (Reflect.get(target, name) as unknown)
          : () => Promise.reject(new Error(`the store was called: ${String(name)}`)),
    });
    const answers = [];
    const late = { ...ports, store: untouchable };
    for (const sequence of [1, 0, 0, 1]) answers.push(await reEncryptShard(request(sequence), late, { ...LIMITS, pages: 9 }));
    expect(answers.map(({ finished, sequence }) => [finished, sequence])).toEqual([[true, 2], [false, 1], [false, 1], [true, 2]]);
    expect(await allEvidence()).toBe(before);
    expect(family.answered()).toBe(calls);
    expect(counted).toHaveLength(2);
  });

  test('returns that the shard is finished if its sequence is after the end', async () => {
    await workOnWholeShard();
    const before = await allEvidence();
    expect(await reEncryptShard(request(2), ports, LIMITS)).toEqual({ finished: true, sequence: 2 });
    expect(await allEvidence()).toBe(before);
  });
});

describe('two attempts of one invocation at the same time', () => {
  test('the first that is recorded counts, both return its result, and the outcomes add up', async () => {
    const whole = { ...LIMITS, pages: 9 };
    const answers = await Promise.all([reEncryptShard(request(0), ports, whole), reEncryptShard(request(0), ports, whole)]);
    expect(answers).toEqual([{ finished: true, sequence: 1 }, { finished: true, sequence: 1 }]);
    const counts = await sumEvidence(evidence, store);
    expect([counts.scanned, outcomesOf(counts)]).toEqual([6, 6]);
    expect(counted).toHaveLength(1);
  });

  test('the quarantine of the other one does not count, and the counts name their own quarantine', async () => {
    const late = held(store);
    const attempt = reEncryptShard(request(0), { ...ports, store: late.store }, { ...LIMITS, pages: 9 });
    await late.called;
    expect(await reEncryptShard(request(0), ports, LIMITS)).toEqual({ finished: false, sequence: 1 });
    // The late attempt quarantines other records, and reaches the end of the shard.
    await table.put(anOrder('a', false), anOrder('b', false), anOrder('x', true));
    late.release();
    expect(await attempt).toEqual({ finished: false, sequence: 1 });
    await table.put(anOrder('a', true), anOrder('b', true), anOrder('x', false));
    await reEncryptShard(request(1), ports, LIMITS);

    const counts = await sumEvidence(evidence, store);
    expect(counts).toMatchObject({ scanned: 6, quarantined: 1, quarantine: [{ locator: '{"id":{"S":"x"}}' }] });
    expect(evidence.keys().filter((key) => key.includes('quarantine'))).toHaveLength(2);
    expect(counted.map(({ scanned }) => scanned)).toEqual([4, 2]);
  });
});

describe('an invocation fails if its evidence does not determine where it continues', () => {
  test.each<[string, () => Promise<void>, number]>([
    ['the previous invocation has no evidence', async () => {}, 1],
    ['an invocation is missing', async () => void await reEncryptShard(request(0), ports, LIMITS), 2],
    ['the evidence of the previous invocation is not finished and has no cursor', async () => {
      await evidence.writeOnce(countsKey(0), { family: 'alias/orders', mode: 're-encrypt', sequence: 0, finished: false });
    }, 1],
  ])('%s', async (_name, prepare, sequence) => {
    await prepare();
    const before = await allEvidence();
    await expect(reEncryptShard(request(sequence), ports, LIMITS)).rejects.toMatchObject({
      name: 'VerificationFailed',
      message: expect.stringMatching(
        /^alias\/orders, run run-1, pass 1, store orders, shard 0, invocation \d: the evidence of the previous invocation is missing, or has no cursor/,
      ),
    });
    expect(await allEvidence()).toBe(before);
  });

  test.each<[string, Partial<ShardRequest>]>([['another mode', { mode: 'census' }], ['another family', { family: 'alias/invoices' }]])(
    'evidence of %s is refused', async (_name, change) => {
      await reEncryptShard(request(0), ports, LIMITS);
      for (const sequence of [0, 1]) {
        await expect(reEncryptShard(request(sequence, change), ports, LIMITS)).rejects.toMatchObject({
          name: 'VerificationFailed',
          message: expect.stringContaining(
            'evidence under the name of this pass was written by another pass, got alias/orders, re-encrypt; allowed: ',
          ),
        });
      }
    });

  test('evidence that exists and cannot be read stops the invocation', async () => {
    const unreadable: EvidencePort = {
      read: async () => undefined, list: async () => [], writeOnce: async (key) => (key.endsWith('.counts.json') ? 'exists' : 'written'),
    };
    await expect(reEncryptShard(request(0), { ...ports, evidence: unreadable }, LIMITS)).rejects.toMatchObject({
      name: 'VerificationFailed', message: expect.stringContaining('evidence of this invocation exists, but cannot be read'),
    });
  });
});

test('the progress names no record: only the evidence has the cursor', async () => {
  const progress = await reEncryptShard(request(0), ports, LIMITS);
  expect(Object.keys(progress).sort()).toEqual(['finished', 'sequence']);
  const { cursor } = await evidence.read<ShardEvidence>(countsKey(0)) as ShardEvidence;
  expect(cursor).toMatch(/^\{"id":\{"S":"[a-ex]"\}\}$/);
  expect(JSON.stringify([progress, counted])).not.toContain(JSON.stringify(cursor).slice(1, -1));
});
