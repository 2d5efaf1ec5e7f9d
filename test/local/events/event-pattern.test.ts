import * as fc from 'fast-check';
import { parseEventPattern } from '../../../local/events/event-pattern';

const matches = (pattern: object, event: unknown) => parseEventPattern(pattern)(event);

test.each<[string, object, unknown, boolean]>([
  ['one of the values', { a: ['x', 'y'] }, { a: 'y' }, true],
  ['another value', { a: ['x', 'y'] }, { a: 'z' }, false],
  ['another type', { a: ['7'] }, { a: 7 }, false],
  ['a boolean', { a: [true] }, { a: true }, true],
  ['null', { a: [null] }, { a: null }, true],
  ['null for a missing field', { a: [null] }, {}, false],
  ['an event with more fields than the pattern', { a: ['x'] }, { a: 'x', b: 'y' }, true],
  ['an event with fewer fields than the pattern', { a: ['x'], b: ['y'] }, { a: 'x' }, false],
  ['a nested field', { detail: { a: ['x'] } }, { detail: { a: 'x' } }, true],
  ['a nested field of a missing field', { detail: { a: ['x'] } }, {}, false],
  ['an element of a list', { a: ['x'] }, { a: ['w', 'x'] }, true],
  ['a list without a matching element', { a: ['x'] }, { a: ['w'] }, false],
  ['an object in a list', { a: { b: ['x'], c: ['y'] } }, { a: [{ b: 'x', c: 'y' }] }, true],
  ['fields of two objects in a list', { a: { b: ['x'], c: ['y'] } }, { a: [{ b: 'x' }, { c: 'y' }] }, false],
  ['exists: true for null', { a: [{ exists: true }] }, { a: null }, true],
  ['exists: true for a missing field', { a: [{ exists: true }] }, {}, false],
  ['exists: false for a missing field', { a: [{ exists: false }] }, {}, true],
  ['exists: false for zero', { a: [{ exists: false }] }, { a: 0 }, false],
  ['exists: false for a nested field of a missing field', { a: { b: [{ exists: false }] } }, {}, true],
  ['a prefix', { a: [{ prefix: 'arn:aws:kms' }] }, { a: 'arn:aws:kms:eu' }, true],
  ['another prefix', { a: [{ prefix: 'arn:aws:kms' }] }, { a: 'arn:aws:s3' }, false],
  ['a prefix of a number', { a: [{ prefix: '' }] }, { a: 7 }, false],
  ['anything-but for another value', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, true],
  ['anything-but for the same value', { a: [{ 'anything-but': 'x' }] }, { a: 'x' }, false],
  ['anything-but for one of several values', { a: [{ 'anything-but': ['x', 7] }] }, { a: 7 }, false],
  ['anything-but for a missing field', { a: [{ 'anything-but': 'x' }] }, {}, false],
  ['one of several conditions', { a: ['x', { prefix: 'y' }] }, { a: 'yes' }, true],
])('a pattern is compared with %s', (_, pattern, event, expected) => {
  expect(matches(pattern, event)).toBe(expected);
});

test('a pattern of the value of an event matches the event, and no event with another value', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const name = fc.string().filter((text) => !text.startsWith('$') && text !== '__proto__');
  fc.assert(fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), leaf, leaf, (names, value, other) => {
    const at = (inner: unknown) => names.reduceRight<unknown>((nested, each) => ({ [each]: nested }), inner) as object;
    expect(matches(at([value]), at(value))).toBe(true);
    fc.pre(value !== other);
    expect(matches(at([value]), at(other))).toBe(false);
  }));
});

test.each<[string, unknown]>([
  ['$or', { $or: [{ a: ['x'] }] }],
  ['suffix', { a: [{ suffix: 'x' }] }],
  ['wildcard', { a: [{ wildcard: 'x*' }] }],
  ['numeric', { a: [{ numeric: ['>', 1] }] }],
  ['anything-but with a condition', { a: [{ 'anything-but': { prefix: 'x' } }] }],
  ['anything-but without values', { a: [{ 'anything-but': [] }] }],
  ['a prefix that is not text', { a: [{ prefix: { 'equals-ignore-case': 'x' } }] }],
  ['exists that is not a boolean', { a: [{ exists: 'true' }] }],
  ['two conditions in one object', { a: [{ exists: true, prefix: 'x' }] }],
  ['an empty list', { a: [] }],
  ['a value without a list', { a: 'x' }],
])('%s is rejected, not ignored', (_, pattern) => {
  expect(() => parseEventPattern(pattern)).toThrow('event pattern: ');
});
