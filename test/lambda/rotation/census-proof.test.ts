import { aFamilyDescription } from './a-family-description';
import { concludeCensus } from '../../../lambda/rotation/conclude-census';
import { refuseUnproven } from '../../../lambda/rotation/disable-old-generations';
import { NO_RECORDS } from '../../../src/contract/reencryption';
import type { CensusResult, RotationRun } from '../../../src/contract/rotation-run';

/** It waits 5 minutes for a change to reach everybody and an hour for writers; its store's attribute is misspelt. */
const DESCRIPTION = aFamilyDescription({
  stores: [{ kind: 'dynamodb-table', storeId: 'orders', tableName: 'orders-table', dataKeyAttribute: 'dataKye', encryptionContext: {}, shards: 1 }],
});
const RUN: RotationRun = { run: 'r', toGeneration: 2, from: [], all: [], fencedAt: '2026-01-01T00:00:00.000Z' };
const ZERO: CensusResult = { startedAt: '2026-01-01T01:05:00.000Z', underOldGeneration: 0, quarantined: 0 };

test('a census of zero, begun when the last writer had forgotten its data keys, is proof', () => {
  expect(() => refuseUnproven(DESCRIPTION, RUN, ZERO)).not.toThrow();
});

test.each<[string, RotationRun, CensusResult, string, RegExp]>([
  ['begun a moment too early', RUN, { ...ZERO, startedAt: '2026-01-01T01:04:59.999Z' }, 'VerificationFailed', /allowed: 2026-01-01T01:05:00.000Z or later/],
  ['begun without a fence', { ...RUN, fencedAt: undefined }, ZERO, 'VerificationFailed', /allowed: a fence first/],
  ['that found a record', RUN, { ...ZERO, underOldGeneration: 1 }, 'CensusNotZero', /got 1; allowed: 0; find the writer/],
  ['that set a record aside', RUN, { ...ZERO, quarantined: 1 }, 'RecordsQuarantined', /got 1; allowed: 0; read the quarantine objects/],
])('a census %s proves nothing', (_, run, census, name, message) => {
  expect(() => refuseUnproven(DESCRIPTION, run, census)).toThrow(expect.objectContaining({ name, message: expect.stringMatching(message) }));
});

describe('a store whose items hold no data key', () => {
  const counts = (scanned: number, withoutDataKey: number) => {
    const total = { ...NO_RECORDS, scanned, withoutDataKey, alreadyCurrent: scanned - withoutDataKey };
    return { total, byStore: { orders: total }, quarantineKeys: [] };
  };

  test('was described wrongly, and is no zero', () => {
    expect(() => concludeCensus(DESCRIPTION, counts(7, 7), new Date(0))).toThrow(expect.objectContaining({
      name: 'StoreMismatch', message: expect.stringMatching(/table orders-table\): none of 7 items .* got dataKye; correct dataKeyAttribute/),
    }));
  });

  test.each([['is empty', 0, 0], ['holds one record among other items', 7, 6]])('but one that %s is counted', (_, scanned, without) => {
    expect(concludeCensus(DESCRIPTION, counts(scanned, without), new Date(0))).toMatchObject({ underOldGeneration: 0, quarantined: 0 });
  });
});
