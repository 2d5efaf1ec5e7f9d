import fc from 'fast-check';
import { byName } from '../../../src/contract/by-name';

/**
 * Distinct names with values, and the same pairs in another order. Numeric names are among them: JavaScript moves these
 * to the front.
 */
const shuffledPairs = () =>
  fc
    .uniqueArray(fc.tuple(fc.oneof(fc.string(), fc.nat().map(String)), fc.anything()), { selector: ([name]) => name })
    .map((pairs) => pairs.filter(([name]) => name !== '__proto__'))
    .chain((pairs) => fc.tuple(fc.constant(pairs), fc.shuffledSubarray(pairs, { minLength: pairs.length })));

test('the order of insertion makes no difference', () => {
  fc.assert(fc.property(shuffledPairs(), ([pairs, shuffled]) => {
    expect(byName(Object.fromEntries(shuffled))).toEqual(byName(Object.fromEntries(pairs)));
  }));
});

test('every pair is returned once, and an object of the pairs equals the given one', () => {
  fc.assert(fc.property(shuffledPairs(), ([pairs]) => {
    const sorted = byName(Object.fromEntries(pairs));
    expect(sorted).toHaveLength(pairs.length);
    expect(Object.fromEntries(sorted)).toEqual(Object.fromEntries(pairs));
  }));
});

test('names ascend by UTF-16 code units, independent of the locale', () => {
  fc.assert(fc.property(shuffledPairs(), ([pairs]) => {
    const names = byName(Object.fromEntries(pairs)).map(([name]) => name);
    expect(names).toEqual([...names].sort());
  }));
  expect(byName({ é: 1, b: 2, B: 3, 10: 4, 9: 5 }).map(([name]) => name)).toEqual(['10', '9', 'B', 'b', 'é']);
});
