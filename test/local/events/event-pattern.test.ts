import * as fc from 'fast-check';
import { parseEventPattern } from '../../../local/events/event-pattern';

const matches = (pattern: object, event: unknown) => parseEventPattern(pattern)(event);

test.each<[string, object, unknown, boolean]>([
  ['one of the values', { a: ['x', 'y'] }, { a: 'y' }, true],
  ['another value', { a: ['x', 'y'] }, { a: 'z' }, false],
  ['another type', { a: ['7'] }, { a: 7 }, false],
  ['a boolean', { a: [true] }, { a: true }, true],
  ['null', { a: [null] }, { a: null }, true],
  ['null where nothing is', { a: [null] }, {}, false],
  ['fields that nobody asks about', { a: ['x'] }, { a: 'x', b: 'y' }, true],
  ['all fields that are asked about', { a: ['x'], b: ['y'] }, { a: 'x' }, false],
  ['a field within', { detail: { a: ['x'] } }, { detail: { a: 'x' } }, true],
  ['a field within nothing', { detail: { a: ['x'] } }, {}, false],
  ['an element of a list', { a: ['x'] }, { a: ['w', 'x'] }, true],
  ['no element of a list', { a: ['x'] }, { a: ['w'] }, false],
  ['an object of a list', { a: { b: ['x'], c: ['y'] } }, { a: [{ b: 'x', c: 'y' }] }, true],
  ['fields of two objects of a list', { a: { b: ['x'], c: ['y'] } }, { a: [{ b: 'x' }, { c: 'y' }] }, false],
  ['what exists', { a: [{ exists: true }] }, { a: null }, true],
  ['what does not exist', { a: [{ exists: true }] }, {}, false],
  ['what is not to exist', { a: [{ exists: false }] }, {}, true],
  ['what is not to exist and does', { a: [{ exists: false }] }, { a: 0 }, false],
  ['what is not to exist, in what does not exist', { a: { b: [{ exists: false }] } }, {}, true],
  ['a beginning', { a: [{ prefix: 'arn:aws:kms' }] }, { a: 'arn:aws:kms:eu' }, true],
  ['another beginning', { a: [{ prefix: 'arn:aws:kms' }] }, { a: 'arn:aws:s3' }, false],
  ['a beginning of no text', { a: [{ prefix: '' }] }, { a: 7 }, false],
  ['anything but a value', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, true],
  ['that very value', { a: [{ 'anything-but': 'x' }] }, { a: 'x' }, false],
  ['anything but one of several', { a: [{ 'anything-but': ['x', 7] }] }, { a: 7 }, false],
  ['anything, which is not nothing', { a: [{ 'anything-but': 'x' }] }, {}, false],
  ['one condition of several', { a: ['x', { prefix: 'y' }] }, { a: 'yes' }, true],
])('a pattern knows %s', (_, pattern, event, expected) => {
  expect(matches(pattern, event)).toBe(expected);
});

test('a pattern that is made from an event matches it, and no event with another value there', () => {
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
  ['anything-but nothing', { a: [{ 'anything-but': [] }] }],
  ['prefix that is no text', { a: [{ prefix: { 'equals-ignore-case': 'x' } }] }],
  ['exists that is neither true nor false', { a: [{ exists: 'true' }] }],
  ['two conditions in one', { a: [{ exists: true, prefix: 'x' }] }],
  ['an empty list', { a: [] }],
  ['a value without a list', { a: 'x' }],
])('%s is refused, not passed over', (_, pattern) => {
  expect(() => parseEventPattern(pattern)).toThrow('event pattern: ');
});
