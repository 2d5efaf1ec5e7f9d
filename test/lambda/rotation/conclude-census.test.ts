import type { PassCounts } from '../../../lambda/reencrypt/pass/sum-pass';
import { censusAfterFence, decideCensusResult } from '../../../lambda/rotation/steps/conclude-census';
import { NO_RECORDS, type RecordCounts } from '../../../src/contract/runs/reencryption';
import type { Pass, RotationRun } from '../../../src/contract/runs/rotation-run';
import { aFamilyDescription } from '../../support/world/a-family-description';

/** Propagation delay of 5 minutes, at most 3 rounds, and a misspelled data key attribute. */
const DESCRIPTION = aFamilyDescription({
  maxPasses: 3,
  stores: [
    {
      kind: 'dynamodb-table',
      storeId: 'orders',
      tableName: 'orders-table',
      tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-table',
      dataKeyAttribute: 'dataKye',
      encryptionContext: {},
      shards: 1,
    },
  ],
});
const CENSUS: Pass = { number: 2, mode: 'census', startedAt: '2026-01-01T00:05:00.000Z' };
const RUN: RotationRun = {
  run: 'r',
  kind: 'rotate',
  toGeneration: 2,
  from: [],
  others: [],
  shards: [],
  watchSeconds: 0,
  nextCheckSeconds: 300,
  fence: { held: true, probes: 1, fencedAt: '2026-01-01T00:00:00.000Z' },
  pass: CENSUS,
};

function counts(found: Partial<RecordCounts>): PassCounts {
  const total = { ...NO_RECORDS, scanned: 7, alreadyCurrent: 7, ...found };
  return { total, byStore: { orders: total }, opened: {}, foundUnder: [], quarantineKeys: ['runs/r/one.quarantine.json'] };
}

test('a census that began after the fence had propagated is proof', () => {
  expect(censusAfterFence(DESCRIPTION, RUN)).toEqual(CENSUS);
});

test.each<[string, RotationRun, string, RegExp]>([
  [
    'that began before the fence had propagated',
    { ...RUN, pass: { ...CENSUS, startedAt: '2026-01-01T00:04:59.999Z' } },
    'VerificationFailed',
    /got 2026-01-01T00:04:59.999Z; allowed: 2026-01-01T00:05:00.000Z or later/,
  ],
  ['that began without a fence', { ...RUN, fence: undefined }, 'VerificationFailed', /allowed: a census after the fence is in force/],
  [
    'that began before the fence was in force',
    { ...RUN, fence: { ...RUN.fence!, held: false } },
    'VerificationFailed',
    /allowed: a census after the fence is in force/,
  ],
  [
    'that is a re-encryption pass',
    { ...RUN, pass: { ...CENSUS, number: 1, mode: 're-encrypt' } },
    'InvalidRequest',
    /got pass 1, re-encrypt; allowed: a census/,
  ],
  ['that never began', { ...RUN, pass: undefined }, 'InvalidRequest', /got no pass/],
])('a census %s is not a proof', (_, run, name, message) => {
  expect(() => censusAfterFence(DESCRIPTION, run)).toThrow(expect.objectContaining({ name, message: expect.stringMatching(message) }));
});

test.each<[string, Partial<RecordCounts>, number, string]>([
  ['finds no record', {}, 2, 'empty'],
  ['finds a record', { underOldGeneration: 1 }, 2, 'again'],
  ['finds a record in the last round but one', { underOldGeneration: 1 }, 4, 'again'],
  ['finds a record to re-encrypt, and a quarantined one', { underOldGeneration: 1, quarantined: 1 }, 2, 'again'],
  ['finds no record in the last round', {}, 6, 'empty'],
])('the run continues after a census that %s', (_, found, number, verdict) => {
  expect(decideCensusResult(DESCRIPTION, counts(found), { ...CENSUS, number })).toEqual({
    startedAt: CENSUS.startedAt, underOldGeneration: found.underOldGeneration ?? 0, quarantined: found.quarantined ?? 0, verdict,
  });
});

test.each<[string, Partial<RecordCounts>, number, string, RegExp]>([
  [
    'quarantines a record',
    { quarantined: 1 },
    2,
    'RecordsQuarantined',
    /got 1; allowed: 0; read the quarantine objects .*runs\/r\/one.quarantine.json/,
  ],
  ['finds a record in the last round', { underOldGeneration: 3 }, 6, 'CensusNotZero', /got 3; allowed: 0; find the application/],
  ['quarantines a record in the last round', { underOldGeneration: 3, quarantined: 1 }, 6, 'RecordsQuarantined', /got 1; allowed: 0/],
])('the run fails with a named error after a census that %s', (_, found, number, name, message) => {
  expect(() => decideCensusResult(DESCRIPTION, counts(found), { ...CENSUS, number })).toThrow(
    expect.objectContaining({ name, message: expect.stringMatching(message) }),
  );
});

describe('a store whose items have no data key', () => {
  const decide = (scanned: number, withoutDataKey: number) =>
    decideCensusResult(DESCRIPTION, counts({ scanned, withoutDataKey, alreadyCurrent: scanned - withoutDataKey }), CENSUS);

  test('is an error, not a count of 0', () => {
    expect(() => decide(7, 7)).toThrow(
      expect.objectContaining({
        name: 'StoreMismatch',
        message: expect.stringMatching(/table orders-table\): none of 7 items .* got dataKye; correct dataKeyAttribute/),
      }),
    );
  });

  test.each([['is empty', 0, 0], ['has one record among other items', 7, 6]])('that %s is counted', (_, scanned, without) => {
    expect(decide(scanned, without).verdict).toBe('empty');
  });
});
