import type { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { ContextValue, DataKeyStore, type DynamoTableStoreOptions } from '../../../src/index';
import { aRotatingKey, aTable } from '../../support/a-rotating-key';
import { aStack, complaintsOf } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const store = (table: dynamodb.ITable, storeId: string, options: DynamoTableStoreOptions) =>
  DataKeyStore.dynamoTable(table, { ...options, storeId });
const WRITTEN = 'a rotation writes this attribute, and the data keys of another store of the same table are unreadable';

test.each<[string, DynamoTableStoreOptions, DynamoTableStoreOptions, string]>([
  ['a data key', { dataKeyAttribute: 'a', keyIdAttribute: 'b' }, { dataKeyAttribute: 'b' }, 'one, keyIdAttribute'],
  ['a data key of an earlier store', { dataKeyAttribute: 'a' }, { dataKeyAttribute: 'b', keyIdAttribute: 'a' }, 'two, keyIdAttribute'],
  ['an encryption context', { dataKeyAttribute: 'a' }, { dataKeyAttribute: 'b', encryptionContext: { x: ContextValue.attribute('a') } },
    'one, dataKeyAttribute'],
  ['a former encryption context', { dataKeyAttribute: 'a', keyIdAttribute: 'k' },
    { dataKeyAttribute: 'b', formerEncryptionContexts: [{ x: ContextValue.attribute('k') }] }, 'one, keyIdAttribute'],
])('a store that would overwrite %s of another store of its table is refused', (_, one, two, where) => {
  const table = aTable(stack);
  const byName = dynamodb.Table.fromTableName(stack, 'ByName', table.tableName);
  aRotatingKey(stack, { stores: [store(table, 'one', one), store(byName, 'two', two)] });
  expect(complaintsOf(stack)).toContain(`store ${where}: ${WRITTEN}`);
});

test('the error names the other rotating key, if the store is of another one', () => {
  const table = aTable(stack);
  aRotatingKey(stack, { alias: 'alias/one', stores: [store(table, 'one', { dataKeyAttribute: 'a', keyIdAttribute: 'b' })] }, 'One');
  aRotatingKey(stack, { alias: 'alias/two', stores: [store(table, 'two', { dataKeyAttribute: 'b' })] }, 'Two');
  expect(complaintsOf(stack)).toContain(`store one, keyIdAttribute: ${WRITTEN} without its old value, got b, in dataKeyAttribute of store two of Stack/Two`);
});

test('two rotating keys may share a data key attribute and a keyIdAttribute', () => {
  const table = aTable(stack);
  for (const id of ['One', 'Two']) {
    aRotatingKey(stack, { alias: `alias/${id}`, stores: [store(table, 'orders', { dataKeyAttribute: 'a', keyIdAttribute: 'k' })] }, id);
  }
  expect(complaintsOf(stack)).toBe('');
});

test('two stores of one table may share a keyIdAttribute', () => {
  const table = aTable(stack);
  const keyIdAttribute = 'k';
  aRotatingKey(stack, { stores: [store(table, 'one', { dataKeyAttribute: 'a', keyIdAttribute }), store(table, 'two', { dataKeyAttribute: 'b', keyIdAttribute })] });
  expect(complaintsOf(stack)).toBe('');
});

test('the attributes of two tables may have the same names', () => {
  aRotatingKey(stack, {
    stores: [
      store(aTable(stack), 'one', { dataKeyAttribute: 'a', keyIdAttribute: 'b' }),
      store(aTable(stack, 'Invoices'), 'two', { dataKeyAttribute: 'b', keyIdAttribute: 'a' }),
    ],
  });
  expect(complaintsOf(stack)).toBe('');
});
