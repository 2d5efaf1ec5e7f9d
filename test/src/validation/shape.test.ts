import { Duration } from 'aws-cdk-lib';
import { DURATION, instanceOf, kindOf, listOf, TEXT } from '../../../src/validation/kinds';
import { nearestName } from '../../../src/validation/nearest-name';
import { objectOf, optional, requireShape, type Shape } from '../../../src/validation/shape';

interface Props {
  readonly alias: string;
  readonly period?: Duration;
  readonly inner?: { readonly names: string[] };
}

const INNER: Shape<{ readonly names: string[] }> = { names: listOf(TEXT) };
const SHAPE: Shape<Props> = { alias: TEXT, period: optional(DURATION), inner: optional(objectOf(INNER)) };

const problemsOf = (given: unknown) => {
  try {
    requireShape<Props>('Stack/Key', given, SHAPE);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
};

test('all problems are in one error, each with its path', () => {
  expect(problemsOf({ alia: 'x', period: 3, inner: { names: ['a', 1, null], more: 1 } })).toEqual([
    'Stack/Key, alia: property does not exist; allowed: alias, period, inner; use alias',
    'Stack/Key, period: value is of the wrong kind, got a number; allowed: a Duration; use a Duration, such as Duration.days(30)',
    'Stack/Key, inner, more: property does not exist; allowed: names; remove it',
    'Stack/Key, inner, names[1]: value is of the wrong kind, got a number; allowed: text; pass a string',
    'Stack/Key, inner, names[2]: value is of the wrong kind, got null; allowed: text; pass a string',
  ]);
});

test('a missing property is reported once: not if another name was probably meant for it', () => {
  expect(problemsOf({})).toEqual(['Stack/Key, alias: property is missing; allowed: text; pass a string']);
  expect(problemsOf({ Alias: 'x' })).toEqual(['Stack/Key, Alias: property does not exist; allowed: alias, period, inner; use alias']);
});

test('an object of a derived class, or of another copy of the package, is accepted', () => {
  class Kind {}
  class Derived extends Kind {}
  const ofAnotherCopy = Object.create({ constructor: { name: 'Kind' }, use: () => undefined }) as object;
  const { accepts } = instanceOf(Kind, 'create one', 'use');
  expect([new Kind(), new Derived(), ofAnotherCopy].map(accepts)).toEqual([true, true, true]);
  expect([new Date(), {}, undefined].map(accepts)).toEqual([false, false, false]);
});

test('an object of another class with the same name is refused, and the error reports that', () => {
  expect(problemsOf({ alias: 'x', period: Object.create({ constructor: { name: 'Duration' } }) })).toEqual([
    'Stack/Key, period: value is of the wrong kind, got an object of another class with the name Duration; allowed: a Duration; '
      + 'use a Duration, such as Duration.days(30)',
  ]);
});

test('a hole of a list is a missing element', () => {
  expect(problemsOf({ alias: 'x', inner: { names: new Array(1) } })).toEqual([
    'Stack/Key, inner, names[0]: value is of the wrong kind, got nothing; allowed: text; pass a string',
  ]);
});

test.each<[unknown, string]>([
  [undefined, 'nothing'], [null, 'null'], ['secret', 'text of 6 characters'], [7, 'a number'], [true, 'a boolean'], [[1, 2], 'a list of 2 elements'],
  [{}, 'an object with no members'], [{ a: 1, b: 2 }, 'an object with a, b'], [new Date(0), 'a Date'], [Object.create(null), 'an object with no members'],
  [function every() { /* not called */ }, 'the function every, which was not called'], [Duration.days(1), 'a Duration'],
])('%p is described without its value', (value, description) => {
  expect(kindOf(value)).toBe(description);
});

test.each<[string, string | undefined]>([
  ['dataKeyAttribut', 'dataKeyAttribute'], ['datakeyattribute', 'dataKeyAttribute'], ['keyIdAtribute', 'keyIdAttribute'], ['shard', 'shards'],
  ['table', undefined], ['x', undefined], ['', undefined],
])('%s was probably meant as %s', (given, meant) => {
  expect(nearestName(given, ['dataKeyAttribute', 'keyIdAttribute', 'encryptionContext', 'shards'])).toBe(meant);
});
