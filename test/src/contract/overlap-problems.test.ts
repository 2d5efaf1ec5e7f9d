import { overlapProblems } from '../../../src/contract/stores/overlap-problems';
import type { DynamoTableDescription } from '../../../src/contract/stores/store-description';

type Attributes = Partial<DynamoTableDescription>;

const store = (storeId: string, attributes: Attributes): DynamoTableDescription => ({
  kind: 'dynamodb-table',
  storeId,
  tableName: 'orders',
  tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders',
  dataKeyAttribute: 'dataKey',
  encryptionContext: {},
  shards: 4,
  ...attributes,
});
const of = (attribute: string) => ({ x: { kind: 'attribute', attribute } as const });
const problemsOf = (one: Attributes, other: Attributes) =>
  overlapProblems(store('one', one), [{ name: 'store other', description: store('other', other) }]);

test.each<[string, Attributes, Attributes, string]>([
  ['the key id over a data key', { keyIdAttribute: 'b' }, { dataKeyAttribute: 'b' }, 'keyIdAttribute: * b, in dataKeyAttribute of store other'],
  ['the key id over a context', { keyIdAttribute: 'k' }, { dataKeyAttribute: 'b', encryptionContext: of('k') },
    'keyIdAttribute: * k, in encryptionContext of store other'],
  ['the key id over a former context', { keyIdAttribute: 'k' }, { dataKeyAttribute: 'b', formerEncryptionContexts: [{}, of('k')] },
    'keyIdAttribute: * k, in formerEncryptionContexts[1] of store other'],
  ['a data key over a context', { dataKeyAttribute: 'a' }, { dataKeyAttribute: 'b', encryptionContext: of('a') },
    'dataKeyAttribute: * a, in encryptionContext of store other'],
  ['the key id over a context of the same data keys', { keyIdAttribute: 'k' }, { encryptionContext: of('k') },
    'keyIdAttribute: * k, in encryptionContext of store other'],
])('a rotation would write %s: an error at the store that is written', (_, one, other, expected) => {
  const problem = expected.replace('*',
    'a rotation writes this attribute, and the data keys of another store of the same table are unreadable without its old value, got');
  expect(problemsOf(one, other)).toEqual([`store one, ${problem}; allowed: an attribute that no other store uses for its data keys or `
    + 'encryption contexts; correct the attributes of the two stores before the first rotation']);
  expect(problemsOf(other, one)).toEqual([]);
});

test.each<[string, Attributes, Attributes]>([
  ['share a key id', { keyIdAttribute: 'k' }, { dataKeyAttribute: 'b', keyIdAttribute: 'k' }],
  ['share a data key, as two rotating keys with records of their own do', { keyIdAttribute: 'k' }, { keyIdAttribute: 'k' }],
  ['share an attribute of their contexts', { encryptionContext: of('t') }, { dataKeyAttribute: 'b', encryptionContext: of('t') }],
  ['have a literal like the name of an attribute', {}, { dataKeyAttribute: 'b', encryptionContext: { x: { kind: 'literal', value: 'dataKey' } } }],
])('two stores of a table may %s', (_, one, other) => {
  expect([...problemsOf(one, other), ...problemsOf(other, one)]).toEqual([]);
});
