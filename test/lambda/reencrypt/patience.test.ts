import { NOON, outcomesOf, wholePass, aRequest } from './whole-pass';
import type { ReEncryptionPort, ReEncryptResponse } from '../../../lambda/ports/re-encryption';
import type { RecordStorePort, StoredRecord } from '../../../lambda/ports/records';
import { patienceUntil } from '../../../lambda/reencrypt/shard/patience';
import { reEncryptShard } from '../../../lambda/reencrypt/shard/re-encrypt-shard';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

const [OLD, CURRENT] = ['arn:aws:kms:eu-west-1:111122223333:key/1', 'arn:aws:kms:eu-west-1:111122223333:key/2'];
const RECORDS = 500;
const PAGE = 50;
const BUSY = new Failure(ErrorName.THROTTLED, { where: 'AWS', what: 'is busy', remedy: 'retry later' });

/** A world in which every nth call fails although the SDK has repeated it, before or after its effect. */
function busyWorld(each: number) {
  let calls = 0;
  const under = new Map(Array.from({ length: RECORDS }, (_, index) => [String(index), OLD]));
  const busy = async <T>(effect: () => T): Promise<T> => {
    calls += 1;
    if (calls % each === 0) {
      if (calls % (2 * each) === 0) effect();
      throw BUSY;
    }
    return effect();
  };
  const record = (locator: string): StoredRecord => ({
    locator, blob: Buffer.from(`${under.get(locator)} ${locator}`), form: 'binary', encryptionContext: { kind: 'known', context: {} }, seen: under.get(locator),
  });
  const kms: ReEncryptionPort = {
    mayReEncrypt: async () => 'allowed',
    tryReEncrypt: async () => 'succeeds',
    reEncrypt: ({ blob }) => busy((): ReEncryptResponse => ({
      kind: 'answered', blob, sourceKeyArn: Buffer.from(blob).toString().split(' ')[0]!, destinationKeyArn: CURRENT!, requestId: 'request',
    })),
  };
  const store: RecordStorePort = {
    storeId: 'orders',
    shards: 1,
    place: 'table orders',
    opened: { arn: 'table', id: '1' },
    skipsForeignRecords: false,
    dataKeyAttribute: 'dataKey',
    listPage: (_, cursor = '0') => busy(() => {
      const next = Number(cursor) + PAGE;
      return {
        records: Array.from({ length: PAGE }, (__, index) => record(String(Number(cursor) + index))),
        nextCursor: next < RECORDS ? String(next) : undefined,
      };
    }),
    read: (locator) => busy(() => record(locator)),
    replaceIfUnchanged: ({ locator, seen }) => busy(() => {
      if (under.get(locator) !== seen) return 'changed';
      under.set(locator, CURRENT!);
      return 'replaced';
    }),
    sampleAttributeNames: async () => [],
  };
  return { kms, store, under, calls: () => calls };
}

const generations = { current: CURRENT!, all: [OLD!, CURRENT!] };

test.each(['re-encrypt', 'census'] as const)(
  'one call in fifty that fails after its retries costs one call more, and no record is begun again: %s', async (mode) => {
    const { kms, store, under, calls } = busyWorld(50);
    const counts = await wholePass({ kms, store, generations, mode });
    expect([counts.scanned, outcomesOf(counts)]).toEqual([RECORDS, RECORDS]);
    if (mode === 're-encrypt') expect(new Set(under.values())).toEqual(new Set([CURRENT]));
    const callsForEach = mode === 're-encrypt' ? 2 : 1;
    expect(calls()).toBeLessThan((RECORDS * callsForEach + RECORDS / PAGE) * 1.1);
  },
);

test('a service that stays busy is reported after a while, and nothing is counted', async () => {
  const { kms, store } = busyWorld(1);
  const evidence = new EvidenceInMemory();
  await expect(reEncryptShard(aRequest({ kms, store, generations }), { kms, store, evidence, clock: NOON })).rejects.toBe(BUSY);
  expect(evidence.keys()).toEqual([]);
});

describe('patience', () => {
  function clockAt(start: number) {
    let now = start;
    const waits: number[] = [];
    return { waits, now: () => new Date(now), sleep: async (milliseconds: number) => { waits.push(milliseconds); now += milliseconds; } };
  }
  const busy = () => Promise.reject(BUSY);

  test('waits longer each time, and ends after eight attempts', async () => {
    const clock = clockAt(0);
    await expect(patienceUntil(new Date(3_600_000), clock)(busy)).rejects.toBe(BUSY);
    expect(clock.waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test('never waits beyond the time of the invocation', async () => {
    const clock = clockAt(0);
    await expect(patienceUntil(new Date(5_000), clock)(busy)).rejects.toBe(BUSY);
    expect(clock.waits).toEqual([1_000, 2_000]);
  });

  test('is for a busy service only', async () => {
    const clock = clockAt(0);
    const denied = new Failure(ErrorName.ACCESS_DENIED, { where: 'KMS', what: 'refused', remedy: 'allow it' });
    await expect(patienceUntil(new Date(5_000), clock)(() => Promise.reject(denied))).rejects.toBe(denied);
    expect(clock.waits).toEqual([]);
  });
});
