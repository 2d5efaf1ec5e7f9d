import { sumPass, type PassReference } from '../../../lambda/reencrypt/sum-pass';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { EVIDENCE_SCHEMA, evidenceKey, type ShardEvidence } from '../../../src/contract/evidence';
import { NO_RECORDS } from '../../../src/contract/reencryption';

const PASS: PassReference = { family: 'alias/orders', run: 'run-1', pass: 2, stores: [{ storeId: 'orders', shards: 2 }] };

/** Evidence of one invocation that read so many records, all of them current. */
async function leave(
  evidence: EvidenceInMemory, shard: number, sequence: number, records: number, change: Partial<ShardEvidence> = {},
): Promise<void> {
  const part = { run: 'run-1', pass: 2, storeId: 'orders', shard, sequence };
  await evidence.write(evidenceKey({ ...part, ...change }, 'counts'), {
    schema: EVIDENCE_SCHEMA,
    family: 'alias/orders',
    mode: 'census',
    ...part,
    finished: true,
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

test('a repeated invocation counts once, whatever an earlier attempt left behind it', async () => {
  const evidence = new EvidenceInMemory();
  await leave(evidence, 1, 0, 5);
  await leave(evidence, 0, 0, 10, { finished: false });
  await leave(evidence, 0, 1, 10);
  // The shard begins anew, and this time one invocation is enough.
  await leave(evidence, 0, 0, 20);
  expect((await sumPass(evidence, PASS)).total.scanned).toBe(25);
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
])('no sum is given when %s', async (_name, left) => {
  const evidence = new EvidenceInMemory();
  await left(evidence);
  await expect(sumPass(evidence, PASS)).rejects.toMatchObject({
    name: 'VerificationFailed',
    message: expect.stringMatching(/^alias\/orders, run run-1, pass 2, store orders, shard 1: evidence does not reach the end of the shard, got [01] inv/),
  });
});
