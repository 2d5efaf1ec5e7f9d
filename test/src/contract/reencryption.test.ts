import fc from 'fast-check';
import { passMode } from './arbitraries';
import { addCounts, NO_RECORDS, trustsRecordedKeyIds, writesRecords, type RecordCounts } from '../../../src/contract/runs/reencryption';

const NAMES = Object.keys(NO_RECORDS) as (keyof RecordCounts)[];
const counts = () => fc.record(Object.fromEntries(NAMES.map((name) => [name, fc.nat(1e9)]))) as unknown as fc.Arbitrary<RecordCounts>;

test('a sum contains every count, and the order of the parts makes no difference', () => {
  fc.assert(fc.property(counts(), counts(), counts(), (one, other, third) => {
    const sum = addCounts(one, other);
    expect(sum).toEqual(Object.fromEntries(NAMES.map((name) => [name, one[name] + other[name]])));
    expect(addCounts(other, one)).toEqual(sum);
    expect(addCounts(sum, third)).toEqual(addCounts(one, addCounts(other, third)));
    expect(addCounts(one, NO_RECORDS)).toEqual(one);
  }));
});

test('counts are the same after JSON', () => {
  fc.assert(fc.property(counts(), (one) => {
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  }));
});

test('a pass that counts as proof ignores recorded key ids, and a pass that only counts writes nothing', () => {
  fc.assert(fc.property(passMode(), (mode) => {
    expect(trustsRecordedKeyIds(mode)).toBe(!['census', 're-encrypt-every-blob'].includes(mode));
    expect(writesRecords(mode)).toBe(!['census', 'dry-run'].includes(mode));
  }));
});
