import type { PassCounts } from '../../../lambda/reencrypt/pass/sum-pass';
import { judgeCensus, provingPass } from '../../../lambda/rotation/steps/conclude-census';
import { NO_RECORDS, type RecordCounts } from '../../../src/contract/runs/reencryption';
import type { Pass, RotationRun } from '../../../src/contract/runs/rotation-run';
import { aFamilyDescription } from '../../support/world/a-family-description';

/** It waits 5 minutes for a change to reach everybody, and gives up after 3 rounds; its store's attribute is misspelt. */
const DESCRIPTION = aFamilyDescription({
  maxPasses: 3,
  stores: [{ kind: 'dynamodb-table', storeId: 'orders', tableName: 'orders-table', dataKeyAttribute: 'dataKye', encryptionContext: {}, shards: 1 }],
});
const CENSUS: Pass = { number: 2, mode: 'census', startedAt: '2026-01-01T00:05:00.000Z' };
const RUN: RotationRun = {
  run: 'r',
  kind: 'rotate',
  toGeneration: 2,
  from: [],
  others: [],
  shards: [],
  waitAfterMoveSeconds: 300,
  fence: { held: true, probes: 1, fencedAt: '2026-01-01T00:00:00.000Z' },
  pass: CENSUS,
};

function counts(found: Partial<RecordCounts>): PassCounts {
  const total = { ...NO_RECORDS, scanned: 7, alreadyCurrent: 7, ...found };
  return { total, byStore: { orders: total }, quarantineKeys: ['runs/r/one.quarantine.json'] };
}

test('a census that began when the fence had reached everybody is proof', () => {
  expect(provingPass(DESCRIPTION, RUN)).toEqual(CENSUS);
});

test.each<[string, RotationRun, string, RegExp]>([
  ['begun a moment too early', { ...RUN, pass: { ...CENSUS, startedAt: '2026-01-01T00:04:59.999Z' } }, 'VerificationFailed',
    /got 2026-01-01T00:04:59.999Z; allowed: 2026-01-01T00:05:00.000Z or later/],
  ['begun without a fence', { ...RUN, fence: undefined }, 'VerificationFailed', /allowed: a fence first/],
  ['begun before a fence that holds', { ...RUN, fence: { ...RUN.fence!, held: false } }, 'VerificationFailed', /allowed: a fence first/],
  ['that was a re-encryption', { ...RUN, pass: { ...CENSUS, number: 1, mode: 're-encrypt' } }, 'InvalidRequest', /got pass 1, re-encrypt; allowed: a census/],
  ['that never began', { ...RUN, pass: undefined }, 'InvalidRequest', /got no pass/],
])('a census %s proves nothing', (_, run, name, message) => {
  expect(() => provingPass(DESCRIPTION, run)).toThrow(expect.objectContaining({ name, message: expect.stringMatching(message) }));
});

test.each<[string, Partial<RecordCounts>, number, string]>([
  ['finds nothing', {}, 2, 'empty'],
  ['finds something', { underOldGeneration: 1 }, 2, 'again'],
  ['finds something, in the last round but one', { underOldGeneration: 1 }, 4, 'again'],
  ['finds records to move besides one that was set aside', { underOldGeneration: 1, quarantined: 1 }, 2, 'again'],
  ['finds nothing in the last round', {}, 6, 'empty'],
])('a census that %s: the run goes on', (_, found, number, verdict) => {
  expect(judgeCensus(DESCRIPTION, counts(found), { ...CENSUS, number })).toEqual({
    startedAt: CENSUS.startedAt, underOldGeneration: found.underOldGeneration ?? 0, quarantined: found.quarantined ?? 0, verdict,
  });
});

test.each<[string, Partial<RecordCounts>, number, string, RegExp]>([
  ['sets a record aside', { quarantined: 1 }, 2, 'RecordsQuarantined', /got 1; allowed: 0; read the quarantine objects .*runs\/r\/one.quarantine.json/],
  ['finds something in the last round', { underOldGeneration: 3 }, 6, 'CensusNotZero', /got 3; allowed: 0; find the writer/],
  ['sets a record aside in the last round', { underOldGeneration: 3, quarantined: 1 }, 6, 'RecordsQuarantined', /got 1; allowed: 0/],
])('a census that %s: the run ends with a name', (_, found, number, name, message) => {
  expect(() => judgeCensus(DESCRIPTION, counts(found), { ...CENSUS, number })).toThrow(
    expect.objectContaining({ name, message: expect.stringMatching(message) }),
  );
});

describe('a store whose items hold no data key', () => {
  const judge = (scanned: number, withoutDataKey: number) =>
    judgeCensus(DESCRIPTION, counts({ scanned, withoutDataKey, alreadyCurrent: scanned - withoutDataKey }), CENSUS);

  test('was described wrongly, and is no zero', () => {
    expect(() => judge(7, 7)).toThrow(expect.objectContaining({
      name: 'StoreMismatch', message: expect.stringMatching(/table orders-table\): none of 7 items .* got dataKye; correct dataKeyAttribute/),
    }));
  });

  test.each([['is empty', 0, 0], ['holds one record among other items', 7, 6]])('but one that %s is counted', (_, scanned, without) => {
    expect(judge(scanned, without).verdict).toBe('empty');
  });
});
