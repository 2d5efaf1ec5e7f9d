import * as fc from 'fast-check';
import { differences } from '../../languages/differences';

test('equal values have no differences, in any order of members', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    expect(differences(reordered(value), value)).toEqual([]);
  }));
});

test('values that are not equal have differences, in both directions', () => {
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: true }), fc.jsonValue({ noUnicodeString: true }), (one, other) => {
    fc.pre(sorted(one) !== sorted(other));
    expect(differences(one, other).length).toBeGreaterThan(0);
    expect(differences(other, one)).toHaveLength(differences(one, other).length);
  }));
});

test.each<[string, unknown, unknown, string]>([
  ['another value', { Key: { Enabled: true } }, { Key: { Enabled: false } }, 'Key.Enabled: got true, expected false'],
  ['an additional member', { Key: { Enabled: true } }, { Key: {} }, 'Key.Enabled: got true, expected nothing'],
  ['a missing member', { Key: {} }, { Key: { Enabled: true } }, 'Key.Enabled: got nothing, expected true'],
  ['another element of a list', { Action: ['a', 'b'] }, { Action: ['a', 'c'] }, 'Action[1]: got "b", expected "c"'],
  ['a member with the name of an inherited one', { toString: false }, {}, 'toString: got false, expected nothing'],
  ['a list that is too long', { Action: ['a', 'b'] }, { Action: ['a'] }, 'Action[1]: got "b", expected nothing'],
  ['a list instead of a value', { Action: ['a'] }, { Action: 'a' }, 'Action: got ["a"], expected "a"'],
  ['text instead of a number', { Days: '7' }, { Days: 7 }, 'Days: got "7", expected 7'],
])('%s is reported with its path', (_, value, expected, difference) => {
  expect(differences(value, expected)).toEqual([difference]);
});

test('a long text is shown from shortly before its first difference', () => {
  const [difference] = differences({ Family: `${'x'.repeat(500)}, shards 8` }, { Family: `${'x'.repeat(500)}, shards 4` });
  expect(difference).toMatch(/^Family: got \.\.\."x+, shards 8", expected \.\.\."x+, shards 4"$/);
  expect(difference!.length).toBeLessThan(150);
});

/** The same value, with the members of every object in reverse order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, member]) => [name, reordered(member)]));
}

/** The same text for all equal values. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}
