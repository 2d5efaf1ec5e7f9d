import { sumPass, type PassReference } from '../../../lambda/reencrypt/pass/sum-pass';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { EVIDENCE_SCHEMA, evidenceKey, type ShardEvidence } from '../../../src/contract/evidence/evidence';
import { NO_RECORDS } from '../../../src/contract/runs/reencryption';

const TABLE_ARN = 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders';
const PASS: PassReference = { family: 'alias/orders', run: 'run-1', pass: 2, stores: [{ storeId: 'orders', shards: 2, tableArn: TABLE_ARN }] };

/** Writes the evidence of one invocation that read a number of records, all under the current generation. */
async function writeCounts(
  evidence: EvidenceInMemory, shard: number, sequence: number, records: number, change: Partial<ShardEvidence> = {},
): Promise<void> {
  const part = { run: 'run-1', pass: 2, storeId: 'orders', shard, sequence };
  await evidence.writeOnce(evidenceKey({ ...part, ...change }, 'counts'), {
    schema: EVIDENCE_SCHEMA,
    family: 'alias/orders',
    mode: 'census',
    ...part,
    opened: { arn: TABLE_ARN, id: 'table-1' },
    finished: true,
    from: sequence === 0 ? undefined : `after ${sequence - 1}`,
    cursor: change.finished === false ? `after ${sequence}` : undefined,
    counts: { ...NO_RECORDS, scanned: records, alreadyCurrent: records },
    startedAt: '2026-11-01T00:00:00.000Z',
    endedAt: '2026-11-01T00:01:00.000Z',
    ...change,
  });
}

test('a pass is the sum of its invocations, by store and in total', async () => {
  const evidence = new EvidenceInMemory();
  await writeCounts(evidence, 0, 0, 100, { finished: false });
  await writeCounts(evidence, 0, 1, 20);
  await writeCounts(evidence, 1, 0, 3);
  await writeCounts(evidence, 0, 0, 4000, { storeId: 'invoices' });
  const stores = [...PASS.stores, { storeId: 'invoices', shards: 1, tableArn: TABLE_ARN }];
  const { total, byStore } = await sumPass(evidence, { ...PASS, stores });
  expect([byStore.orders?.scanned, byStore.invoices?.scanned, total.scanned, total.alreadyCurrent]).toEqual([123, 4000, 4123, 4123]);
});

test('other passes and other runs are not counted', async () => {
  const evidence = new EvidenceInMemory();
  await writeCounts(evidence, 0, 0, 1);
  await writeCounts(evidence, 1, 0, 2);
  await writeCounts(evidence, 1, 0, 50, { pass: 1 });
  await writeCounts(evidence, 1, 0, 60, { run: 'run-0' });
  expect((await sumPass(evidence, PASS)).total.scanned).toBe(3);
});

test('the quarantine of a pass is the one that its counts name, not that of another attempt', async () => {
  const evidence = new EvidenceInMemory();
  const part = { run: 'run-1', pass: 2, storeId: 'orders', shard: 0, sequence: 0 };
  const [counted, other] = [evidenceKey(part, 'quarantine-2'), evidenceKey(part, 'quarantine-1')];
  for (const key of [counted, other]) await evidence.writeOnce(key, { schema: EVIDENCE_SCHEMA, entries: [] });
  await writeCounts(evidence, 0, 0, 1, { quarantineKey: counted, counts: { ...NO_RECORDS, scanned: 1, quarantined: 1 } });
  await writeCounts(evidence, 1, 0, 1);
  const { total, quarantineKeys } = await sumPass(evidence, PASS);
  expect([total.quarantined, quarantineKeys]).toEqual([1, [counted]]);
});

test('at most 32 objects are read at the same time', async () => {
  const evidence = new EvidenceInMemory();
  const stores = [{ storeId: 'orders', shards: 300, tableArn: TABLE_ARN }];
  for (let shard = 0; shard < 300; shard++) {
    for (let sequence = 0; sequence < 4; sequence++) await writeCounts(evidence, shard, sequence, 10, { finished: sequence === 3 });
  }
  let [reading, maximum] = [0, 0];
  const read = async <T>(key: string) => {
    maximum = Math.max(maximum, ++reading);
    await new Promise((resolve) => setImmediate(resolve));
    reading -= 1;
    return evidence.read<T>(key);
  };
  const { total } = await sumPass({ list: (prefix) => evidence.list(prefix), read }, { ...PASS, stores });
  expect([total.scanned, maximum]).toEqual([12_000, 32]);
});

test.each<[string, (evidence: EvidenceInMemory) => Promise<void>]>([
  ['a shard is missing', (evidence) => writeCounts(evidence, 0, 0, 1)],
  ['a shard has not reached its end', async (evidence) => {
    await writeCounts(evidence, 0, 0, 1);
    await writeCounts(evidence, 1, 0, 1, { finished: false });
  }],
  ['an invocation is missing', async (evidence) => {
    await writeCounts(evidence, 0, 0, 1);
    await writeCounts(evidence, 1, 0, 1, { finished: false });
    await writeCounts(evidence, 1, 2, 1);
  }],
  ['an invocation did not begin where the previous one ended', async (evidence) => {
    await writeCounts(evidence, 0, 0, 1);
    await writeCounts(evidence, 1, 0, 1, { finished: false });
    await writeCounts(evidence, 1, 1, 1, { from: 'somewhere else' });
  }],
  ['the first invocation did not begin at the beginning of the shard', async (evidence) => {
    await writeCounts(evidence, 0, 0, 1);
    await writeCounts(evidence, 1, 0, 1, { from: 'somewhere' });
  }],
  ['an invocation after the end was counted', async (evidence) => {
    await writeCounts(evidence, 0, 0, 1);
    await writeCounts(evidence, 1, 0, 1);
    await writeCounts(evidence, 1, 1, 1, { from: undefined });
  }],
])('a pass has no sum if %s', async (_name, prepare) => {
  const evidence = new EvidenceInMemory();
  await prepare(evidence);
  await expect(sumPass(evidence, PASS)).rejects.toMatchObject({
    name: 'VerificationFailed',
    message: expect.stringMatching(
      /^alias\/orders, run run-1, pass 2, store orders, shard 1: the evidence does not reach the end of the shard, got [01] inv/,
    ),
  });
});

test.each<[string, Partial<ShardEvidence>, string]>([
  ['opened another table', { opened: { arn: `${TABLE_ARN}-copy`, id: 'table-1' } }, `${TABLE_ARN} with id table-1, ${TABLE_ARN}-copy with id table-1`],
  ['opened a table that was created again', { opened: { arn: TABLE_ARN, id: 'table-2' } }, `${TABLE_ARN} with id table-1, ${TABLE_ARN} with id table-2`],
  ['recorded no table', { opened: undefined }, `${TABLE_ARN} with id table-1, not recorded`],
])('a pass has no sum if one invocation %s', async (_name, change, given) => {
  const evidence = new EvidenceInMemory();
  await writeCounts(evidence, 0, 0, 1);
  await writeCounts(evidence, 1, 0, 1, change);
  await expect(sumPass(evidence, PASS)).rejects.toMatchObject({
    name: 'VerificationFailed',
    message: expect.stringContaining(`store orders: the pass did not read one and the same table, the declared one, to its end, got ${given};`),
  });
});

test('a pass over another table than the declared one has no sum', async () => {
  const evidence = new EvidenceInMemory();
  const opened = { arn: TABLE_ARN.replace('eu-west-1', 'eu-north-1'), id: 'table-1' };
  for (const shard of [0, 1]) await writeCounts(evidence, shard, 0, 1, { opened });
  await expect(sumPass(evidence, PASS)).rejects.toMatchObject({ name: 'VerificationFailed', message: expect.stringContaining(opened.arn) });
});

test('evidence that is older than its run is refused: an execution of the same name has written it', async () => {
  const run = 'run-1@20261123T050000000Z';
  const evidence = new EvidenceInMemory();
  for (const shard of [0, 1]) await writeCounts(evidence, shard, 0, 1, { run });
  await expect(sumPass(evidence, { ...PASS, run })).rejects.toMatchObject({
    name: 'VerificationFailed', message: expect.stringMatching(/evidence is older than its run.*got 2026-11-01T00:00:00.000Z/),
  });
});

test('the older generations under which records were found are those of all invocations', async () => {
  const evidence = new EvidenceInMemory();
  await writeCounts(evidence, 0, 0, 1, { foundUnder: ['arn:1', 'arn:2'] });
  await writeCounts(evidence, 1, 0, 1, { foundUnder: ['arn:2'] });
  expect((await sumPass(evidence, PASS)).foundUnder).toEqual(['arn:1', 'arn:2']);
});
