import * as fc from 'fast-check';
import { differences } from '../../languages/differences';

test('what is equal does not differ, in whatever order its members stand', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    expect(differences(reordered(value), value)).toEqual([]);
  }));
});

test('what is not equal differs somewhere, seen from both sides', () => {
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: true }), fc.jsonValue({ noUnicodeString: true }), (one, other) => {
    fc.pre(sorted(one) !== sorted(other));
    expect(differences(one, other).length).toBeGreaterThan(0);
    expect(differences(other, one)).toHaveLength(differences(one, other).length);
  }));
});

test.each<[string, unknown, unknown, string]>([
  ['another value', { Key: { Enabled: true } }, { Key: { Enabled: false } }, 'Key.Enabled: true, and not false'],
  ['a member that is too many', { Key: { Enabled: true } }, { Key: {} }, 'Key.Enabled: true, and not nothing'],
  ['a member that is missing', { Key: {} }, { Key: { Enabled: true } }, 'Key.Enabled: nothing, and not true'],
  ['another order in a list, which means something', { Action: ['a', 'b'] }, { Action: ['a', 'c'] }, 'Action[1]: "b", and not "c"'],
  ['a list that is too long', { Action: ['a', 'b'] }, { Action: ['a'] }, 'Action[1]: "b", and not nothing'],
  ['a list in place of a value', { Action: ['a'] }, { Action: 'a' }, 'Action: ["a"], and not "a"'],
  ['text in place of a number', { Days: '7' }, { Days: 7 }, 'Days: "7", and not 7'],
])('%s is told by its path', (_, value, expected, told) => {
  expect(differences(value, expected)).toEqual([told]);
});

test('of a long text, the part is shown in which it differs', () => {
  const [told] = differences({ Family: `${'x'.repeat(500)}, shards 8` }, { Family: `${'x'.repeat(500)}, shards 4` });
  expect(told).toMatch(/^Family: \.\.\."x+, shards 8", and not \.\.\."x+, shards 4"$/);
  expect(told!.length).toBeLessThan(150);
});

/** The same value, with the members of every object the other way round. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, member]) => [name, reordered(member)]));
}

/** One text for all that is equal. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}
