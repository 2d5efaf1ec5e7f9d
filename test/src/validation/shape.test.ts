import { Duration, Token } from 'aws-cdk-lib';
import { kindOf } from '../../../src/validation/given-value';
import { DURATION, FLAG, GRANTEE, instanceOf, listOf, NUMBER, oneOf, TEXT, textSuchAs } from '../../../src/validation/kinds';
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
    'Stack/Key, period: value is of the wrong kind, got the number 3; allowed: a Duration; use a Duration, such as Duration.days(30)',
    'Stack/Key, inner, more: property does not exist; allowed: names; use one of the allowed names, or remove it',
    'Stack/Key, inner, names[1]: value is of the wrong kind, got the number 1; allowed: text; pass a string',
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
  [undefined, 'nothing'], [null, 'null'], ['secret', 'text of 6 characters'], ['s', 'text of 1 character'], [7, 'the number 7'], [true, 'true'], [Token.asNumber({ resolve: () => 1 }), 'a token'], [10n, 'a bigint'], [[1, 2], 'a list of 2 elements'],
  [{}, 'an object with no members'], [{ a: 1, b: 2 }, 'an object with a, b'], [new Date(0), 'a Date'], [Object.create(null), 'an object with no members'],
  [function every() { /* not called */ }, 'the function every, which was not called'], [Duration.days(1), 'a Duration'],
])('%p is described, and text without its value', (value, description) => {
  expect(kindOf(value)).toBe(description);
});

test.each<[string, string | undefined]>([
  ['dataKeyAttribut', 'dataKeyAttribute'], ['datakeyattribute', 'dataKeyAttribute'], ['keyIdAtribute', 'keyIdAttribute'], ['shard', 'shards'],
  ['table', undefined], ['x', undefined], ['', undefined],
])('%s was probably meant as %s', (given, meant) => {
  expect(nearestName(given, ['dataKeyAttribute', 'keyIdAttribute', 'encryptionContext', 'shards']))
    .toEqual(meant === undefined ? undefined : { name: meant, by: 'spelling' });
});

test.each([
  ['rotationSchedule', 'schedule'], ['deletionPolicy', 'deletion'], ['attribute', 'dataKeyAttribute'], ['admins', 'administrators'],
  ['aliasName', 'alias'], ['scheduleOfDeletion', 'schedule'],
])('%s may be meant as %s, of which one is a part of the other', (given, meant) => {
  expect(nearestName(given, ['dataKeyAttribute', 'keyIdAttribute', 'schedule', 'deletion', 'administrators', 'alias']))
    .toEqual({ name: meant, by: 'part' });
});

test('the allowed names are listed once, and a required name is preferred', () => {
  expect(problemsOf({ inners: { nameList: ['a'], other: 1 }, aliasName: 'x' })).toEqual([
    'Stack/Key, inners: property does not exist; allowed: alias, period, inner; use inner',
    'Stack/Key, aliasName: property does not exist; use alias if it is meant, or remove it',
  ]);
  expect(problemsOf({ alias: 'x', inner: { nameLists: ['a'], other: 1 } })).toEqual([
    'Stack/Key, inner, nameLists: property does not exist; allowed: names; use names if it is meant, or remove it',
    'Stack/Key, inner, other: property does not exist; use one of the allowed names, or remove it',
  ]);
});

test('a value that is not an object has an example: of the required members, or of an optional one', () => {
  interface Options { readonly size?: number; readonly flag?: boolean }
  interface Required { readonly alias: string; readonly users: object[]; readonly options?: Options; readonly role: object }
  const options: Shape<Options> = { size: optional(NUMBER), flag: optional(FLAG) };
  const shape: Shape<Required> = {
    alias: textSuchAs('\'alias/orders\''), users: listOf(GRANTEE), options: optional(objectOf(options)), role: GRANTEE,
  };
  expect(() => requireShape('Stack/Key', 'orders', shape))
    .toThrow('; allowed: an object with alias, users, options, role; pass an object, such as { alias: \'alias/orders\', users: [role], role }');
  expect(() => requireShape('Stack/Key', 'orders', options)).toThrow('; pass an object, such as { flag: true }');
});

enum Use { START_OVER = 'start-over', HOLD = 'hold' }
test.each([
  ['START_OVER', 'use Use.START_OVER'], ['Use.START_OVER', 'use Use.START_OVER'], ['startOver', 'use Use.START_OVER'], ['HOLDS', 'use Use.HOLD'],
  ['ignore', 'use a member of Use'],
])('the text %s instead of a member of an enumeration: %s', (given, remedy) => {
  const shape: Shape<{ readonly use: Use }> = { use: oneOf('Use', Use) };
  expect(() => requireShape<{ readonly use: Use }>('Stack/Key', { use: given }, shape)).toThrow(
    `Stack/Key, use: value is of the wrong kind, got the text "${given}"; allowed: Use.START_OVER, Use.HOLD; ${remedy}`);
  expect(() => requireShape<{ readonly use: Use }>('Stack/Key', { use: Use.START_OVER }, shape)).not.toThrow();
});

test.each<[string, unknown, string]>([
  ['a number', '3', 'the text "3"'], ['a number', 'x'.repeat(41), 'text of 41 characters'], ['a number', Number.NaN, 'NaN, which is not a number'],
  ['a flag', 'true', 'the text "true"'], ['a period', '30 days', 'the text "30 days"'], ['a period', 30, 'the number 30'], ['a text', false, 'false'],
])('instead of %s, %p is reported as what it is', (kind, given, text) => {
  const kinds = { 'a number': NUMBER, 'a flag': FLAG, 'a period': DURATION, 'a text': TEXT } as Record<string, typeof TEXT>;
  expect(() => requireShape<{ readonly value: unknown }>('Key', { value: given }, { value: optional(kinds[kind]!) })).toThrow(`, got ${text};`);
});
