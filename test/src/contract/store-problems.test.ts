import type { DynamoTableDescription } from '../../../src/contract/stores/store-description';
import { storeProblems } from '../../../src/contract/stores/store-problems';

const STORE: DynamoTableDescription = {
  kind: 'dynamodb-table',
  storeId: 'Orders',
  tableName: 'orders',
  tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders',
  dataKeyAttribute: 'dataKey',
  keyIdAttribute: 'keyId',
  encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenantId' }, purpose: { kind: 'literal', value: 'dataKey' } },
  shards: 4,
};

test('a usable description has no problem; a literal may have the text of an attribute name', () => {
  expect(storeProblems(STORE)).toEqual([]);
  expect(storeProblems({ ...STORE, keyIdAttribute: undefined, encryptionContext: {} })).toEqual([]);
});

test('all problems of a description are reported at once', () => {
  const problems = storeProblems({
    ...STORE,
    storeId: 'a/b',
    keyIdAttribute: 'dataKey',
    encryptionContext: { key: { kind: 'attribute', attribute: 'dataKey' }, none: { kind: 'attribute', attribute: '' } },
    shards: NaN,
  });
  expect(problems.map((problem) => problem.slice('store a/b'.length))).toEqual([
    ': storeId cannot be part of the object keys of evidence, got "a/b"; allowed: 1 to 64 letters, digits, - and _; set storeId',
    ': name of an attribute is empty, got ""; allowed: the name of an attribute; use the name that the attribute has in the items',
    ...Array<string>(2).fill(
      ': attribute is written by a rotation and is part of the encryption context, got dataKey; allowed: an attribute of its own; correct the attributes of this store',
    ),
    ': keyIdAttribute and dataKeyAttribute are the same attribute, got dataKey; allowed: two attributes; correct the attributes of this store',
    ', shards: number is out of range, got NaN; allowed: a whole number from 1 to 1000; begin with 4: a worker re-encrypts some thousand records of a shard per minute',
  ]);
});
