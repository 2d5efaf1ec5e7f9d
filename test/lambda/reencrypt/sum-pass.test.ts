import { sumPass, type PassReference } from '../../../lambda/reencrypt/pass/sum-pass';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { EVIDENCE_SCHEMA, evidenceKey, type ShardEvidence } from '../../../src/contract/evidence/evidence';
import { NO_RECORDS } from '../../../src/contract/runs/reencryption';

const PASS: PassReference = { family: 'alias/orders', run: 'run-1', pass: 2, stores: [{ storeId: 'orders', shards: 2 }] };

/** Evidence of one invocation that read so many records, all of them current. */
async function leave(
  evidence: EvidenceInMemory, shard: number, sequence: number, records: number, change: Partial<ShardEvidence> = {},
): Promise<void> {
  const part = { run: 'run-1', pass: 2, storeId: 'orders', shard, sequence };
  await evidence.writeOnce(evidenceKey({ ...part, ...change }, 'counts'), {
    schema: EVIDENCE_SCHEMA,
    family: 'alias/orders',
    mode: 'census',
    ...part,
    finished: true,
    from: sequence === 0 ? undefined : `after ${sequence - 1}`,
    cursor: change.finished === false ? `after ${sequence}` : undefined,
    counts: { ...NO_RECORDS, scanned: records, alreadyCurrent: records },
    startedAt: '2026-11-01T00:00:00.000Z',
    endedAt: '2026-11-01T00:01:00.000Z',
    ...change,
  });
}

test('a pass is the sum of its invocations, by store and in all', async () => {
  const evidence = new EvidenceInMemory();
  await leave(evidence, 0, 0, 100, { finished: false });
  await leave(evidence, 0, 1, 20);
  await leave(evidence, 1, 0, 3);
  await leave(evidence, 0, 0, 4000, { storeId: 'invoices' });
  const stores = [...PASS.stores, { storeId: 'invoices', shards: 1 }];
  const { total, byStore } = await sumPass(evidence, { ...PASS, stores });
  expect([byStore.orders?.scanned, byStore.invoices?.scanned, total.scanned, total.alreadyCurrent]).toEqual([123, 4000, 4123, 4123]);
});

test('other passes and other runs do not count', async () => {
  const evidence = new EvidenceInMemory();
  await leave(evidence, 0, 0, 1);
  await leave(evidence, 1, 0, 2);
  await leave(evidence, 1, 0, 50, { pass: 1 });
  await leave(evidence, 1, 0, 60, { run: 'run-0' });
  expect((await sumPass(evidence, PASS)).total.scanned).toBe(3);
});

test('the quarantine that counts is the one that counts name, whatever another attempt left beside it', async () => {
  const evidence = new EvidenceInMemory();
  const part = { run: 'run-1', pass: 2, storeId: 'orders', shard: 0, sequence: 0 };
  const [counted, other] = [evidenceKey(part, 'quarantine-2'), evidenceKey(part, 'quarantine-1')];
  for (const key of [counted, other]) await evidence.writeOnce(key, { schema: EVIDENCE_SCHEMA, entries: [] });
  await leave(evidence, 0, 0, 1, { quarantineKey: counted, counts: { ...NO_RECORDS, scanned: 1, quarantined: 1 } });
  await leave(evidence, 1, 0, 1);
  const { total, quarantineKeys } = await sumPass(evidence, PASS);
  expect([total.quarantined, quarantineKeys]).toEqual([1, [counted]]);
});

test('thousands of objects are read a few at a time', async () => {
  const evidence = new EvidenceInMemory();
  const stores = [{ storeId: 'orders', shards: 300 }];
  for (let shard = 0; shard < 300; shard++) {
    for (let sequence = 0; sequence < 4; sequence++) await leave(evidence, shard, sequence, 10, { finished: sequence === 3 });
  }
  let [reading, most] = [0, 0];
  const read = async <T>(key: string) => {
    most = Math.max(most, ++reading);
    await new Promise((resolve) => setImmediate(resolve));
    reading -= 1;
    return evidence.read<T>(key);
  };
  const { total } = await sumPass({ list: (prefix) => evidence.list(prefix), read }, { ...PASS, stores });
  expect([total.scanned, most]).toEqual([12_000, 32]);
});

test.each<[string, (evidence: EvidenceInMemory) => Promise<void>]>([
  ['a shard is missing', (evidence) => leave(evidence, 0, 0, 1)],
  ['a shard has not reached its end', async (evidence) => {
    await leave(evidence, 0, 0, 1);
    await leave(evidence, 1, 0, 1, { finished: false });
  }],
  ['an invocation is missing in between', async (evidence) => {
    await leave(evidence, 0, 0, 1);
    await leave(evidence, 1, 0, 1, { finished: false });
    await leave(evidence, 1, 2, 1);
  }],
  ['an invocation did not begin where the one before ended', async (evidence) => {
    await leave(evidence, 0, 0, 1);
    await leave(evidence, 1, 0, 1, { finished: false });
    await leave(evidence, 1, 1, 1, { from: 'somewhere else' });
  }],
  ['the first invocation did not begin at the beginning', async (evidence) => {
    await leave(evidence, 0, 0, 1);
    await leave(evidence, 1, 0, 1, { from: 'somewhere' });
  }],
  ['something was counted behind the end', async (evidence) => {
    await leave(evidence, 0, 0, 1);
    await leave(evidence, 1, 0, 1);
    await leave(evidence, 1, 1, 1, { from: undefined });
  }],
])('no sum is given when %s', async (_name, left) => {
  const evidence = new EvidenceInMemory();
  await left(evidence);
  await expect(sumPass(evidence, PASS)).rejects.toMatchObject({
    name: 'VerificationFailed',
    message: expect.stringMatching(/^alias\/orders, run run-1, pass 2, store orders, shard 1: the evidence does not reach the end of the shard, got [01] inv/),
  });
});
