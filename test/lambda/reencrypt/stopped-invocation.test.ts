import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { aRequest, NOON, outcomesOf, sumEvidence } from './whole-pass';
import { KmsReEncryption } from '../../../lambda/adapters/kms/kms-reencryption';
import type { RecordStorePort } from '../../../lambda/ports/records';
import { reEncryptShard, type ReEncryptionPorts } from '../../../lambda/reencrypt/shard/re-encrypt-shard';
import { openDynamoTable } from '../../../lambda/stores/dynamodb/store';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { FamilyOfKeys, type DataKey } from '../../support/world/family-of-keys';
import { aClientFor, aTable, type Item, type Table } from '../stores/dynamodb-table';

const LIMITS = { concurrency: 2, pages: 1, milliseconds: 1000 };
const TENANT = { tenant: { kind: 'attribute', attribute: 'tenant' } } as const;
const NORTH = { tenant: 'north' };

let dynamo: LocalDynamo;
let client: DynamoDBClient;
let family: FamilyOfKeys;
let table: Table;
let store: RecordStorePort;
let good: Map<string, DataKey>;
let items: Item[];

beforeAll(async () => {
  dynamo = await startLocalDynamo();
  client = aClientFor(dynamo.endpoint);
  family = await FamilyOfKeys.start(2);
  table = await aTable(client);
  store = await openDynamoTable(client, table.described({ encryptionContext: TENANT }), 3);
  good = new Map(await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (id) => [id, await family.dataKey(family.arn(1), NORTH)] as const)));
  const foreign = await family.foreignDataKey(NORTH);
  items = [
    ...[...good].map(([id, { blob }]): Item => ({ id: { S: id }, tenant: { S: 'north' }, dataKey: { B: blob } })),
    { id: { S: 'without' }, tenant: { S: 'north' } },
    { id: { S: 'foreign' }, tenant: { S: 'north' }, dataKey: { B: foreign.blob } },
    { id: { S: 'malformed' }, tenant: { S: 'north' }, dataKey: { S: 'no data key' } },
  ];
});

afterAll(async () => {
  await family.stop();
  client.destroy();
  await dynamo.stop();
});

class Stopped extends Error {}

/** The ports of a process that ends at a call, before or after its effect. All other calls in progress end with it. */
function endingAt(ports: ReEncryptionPorts, call: number, moment: 'before' | 'after'): { ports: ReEncryptionPorts; calls: () => number } {
  let calls = 0;
  let ended = false;
  const watch = <T extends object>(port: T): T => new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...parameters: unknown[]) => {
        const endsHere = ++calls === call;
        if (endsHere && moment === 'before') ended = true;
        if (ended) throw new Stopped();
        const answer: unknown = await method.apply(target, parameters);
        if (endsHere) ended = true;
        if (ended) throw new Stopped();
        return answer;
      };
    },
  });
  return { ports: { ...ports, kms: watch(ports.kms), store: watch(ports.store), evidence: watch(ports.evidence) }, calls: () => calls };
}

/** Works on a shard to its end, and repeats stopped invocations. Returns the number of stopped invocations. */
async function workOnWholeShard(first: ReEncryptionPorts, then: ReEncryptionPorts): Promise<number> {
  let stopped = 0;
  const request = aRequest({ kms: first.kms, store, generations: family.generations });
  let progress = { finished: false, sequence: 0 };
  while (!progress.finished) {
    try {
      progress = await reEncryptShard({ ...request, sequence: progress.sequence }, stopped === 0 ? first : then, LIMITS);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      stopped += 1;
    }
  }
  return stopped;
}

async function expectEveryRecordCountedOnce(evidence: EvidenceInMemory): Promise<void> {
  const counts = await sumEvidence(evidence, store);
  expect(outcomesOf(counts)).toBe(items.length);
  expect(counts).toMatchObject({ scanned: items.length, withoutDataKey: 1, quarantined: 2, underOldGeneration: 0, deleted: 0 });
  expect(counts.reEncrypted + counts.alreadyCurrent).toBe(good.size);
  expect(counts.quarantine.map(({ locator }) => locator).sort()).toEqual(['{"id":{"S":"foreign"}}', '{"id":{"S":"malformed"}}']);
  for (const [id, { plaintextHash }] of good) {
    const blob = (await table.get({ id: { S: id } }))?.dataKey?.B as Uint8Array;
    expect(await family.open(blob, NORTH)).toEqual({ keyArn: family.arn(2), plaintextHash });
  }
}

test('an invocation that is stopped at any call and repeated loses nothing and counts nothing twice', async () => {
  const aProcess = () => ({ kms: family.port, store, evidence: new EvidenceInMemory(), clock: NOON });
  await table.put(...items);
  const undisturbed = endingAt(aProcess(), Infinity, 'before');
  expect(await workOnWholeShard(undisturbed.ports, undisturbed.ports)).toBe(0);

  let points = 0;
  for (const moment of ['before', 'after'] as const) {
    for (let call = 1; call <= undisturbed.calls(); call++) {
      await table.put(...items);
      const ports = aProcess();
      expect(await workOnWholeShard(endingAt(ports, call, moment).ports, ports)).toBe(1);
      await expectEveryRecordCountedOnce(ports.evidence);
      points += 1;
    }
  }
  expect(points).toBeGreaterThan(40);
  process.stdout.write(`re-encryption of a shard: stopped and repeated at ${points} points\n`);
});

test('a shard that is started again from its beginning counts once', async () => {
  await table.put(...items);
  const ports = { kms: family.port, store, evidence: new EvidenceInMemory(), clock: NOON };
  await workOnWholeShard(ports, ports);
  await reEncryptShard(aRequest({ ...ports, generations: family.generations }), ports, { ...LIMITS, pages: 100 });
  await expectEveryRecordCountedOnce(ports.evidence);
});

test('an invocation that is throttled for all its time fails without counts, and continues when it is repeated', async () => {
  await table.put(...items);
  const withoutRetries = new KmsReEncryption(family.clientOf('worker', { retryStrategy: undefined, maxAttempts: 1 }));
  const ports = { kms: withoutRetries, store, evidence: new EvidenceInMemory(), clock: NOON };
  family.kms.faults.set([{ kind: 'throttle', operation: 'ReEncrypt', probability: 1 }]);
  const request = aRequest({ ...ports, generations: family.generations });
  await expect(reEncryptShard(request, ports, { ...LIMITS, pages: 100 })).rejects.toMatchObject({ name: 'Throttled' });
  expect(ports.evidence.keys()).toEqual([]);
  family.kms.faults.set([]);
  await reEncryptShard(request, ports, { ...LIMITS, pages: 100 });
  await expectEveryRecordCountedOnce(ports.evidence);
});
