import { Lazy, type Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { ContextValue, DataKeyStore, RotatingKey, type DynamoTableStoreOptions } from '../../../../src/index';
import { inputsOf, untyped, type Input } from '../input';

const { BINARY, NUMBER, STRING } = dynamodb.AttributeType;

function table(stack: Stack): dynamodb.Table {
  const it = new dynamodb.Table(stack, 'Orders', { partitionKey: { name: 'tenant', type: STRING }, sortKey: { name: 'hash', type: BINARY } });
  it.addGlobalSecondaryIndex({ indexName: 'byKey', partitionKey: { name: 'keyId', type: STRING }, sortKey: { name: 'size', type: NUMBER } });
  return it;
}
const store = (stack: Stack, options: Record<string, unknown>, of: dynamodb.ITable = table(stack)) => new RotatingKey(stack, 'Key', {
  alias: 'alias/orders', stores: [DataKeyStore.dynamoTable(of, untyped<DynamoTableStoreOptions>({ dataKeyAttribute: 'dataKey', ...options }))],
});
const inputs = (property: string, cases: Parameters<typeof inputsOf>[2]) => inputsOf(property, store, cases);
const OPTIONS = 'DataKeyStore.dynamoTable, options';

export const STORE_INPUTS: readonly Input[] = [
  ...inputs('dataKeyAttribute', [
    ['of the items', 'wrappedKey'], ['in another script', '鍵'], ['with dots, with a warning', 'a.b'], ['with a space', 'data key'],
    ['with a space at its end', 'dataKey ', 'store Orders, dataKeyAttribute: name of an attribute begins or ends with whitespace, got "dataKey "; allowed: the name that the attribute has in the items; use "dataKey"'],
    ['that is a space', ' ', 'store Orders, dataKeyAttribute: name of an attribute begins or ends with whitespace, got " "; allowed: the name that the attribute has in the items; name the attribute'],
    ['missing', undefined, `${OPTIONS}, dataKeyAttribute: property is missing; allowed: text`],
    ['empty', '', 'store Orders: name of an attribute is empty'],
    ['a list', ['dataKey'], `${OPTIONS}, dataKeyAttribute: value is of the wrong kind, got a list of 1 element`],
    ['the partition key', 'tenant', 'store Orders, dataKeyAttribute: attribute is part of the primary key of the table, which cannot be updated, got tenant; allowed: an attribute that is not tenant or hash'],
    ['the sort key', 'hash', 'store Orders, dataKeyAttribute: attribute is part of the primary key of the table'],
    ['the sort key of an index', 'keyId'],
    ['a number in an index', 'size', 'store Orders, dataKeyAttribute: attribute has another type in the table, got size of type N'],
  ]),
  ...inputs('keyIdAttribute', [
    ['an attribute', 'kmsKeyId'], ['with a line feed', '\nkmsKeyId', 'store Orders, keyIdAttribute: name of an attribute begins or ends with whitespace, got "\\nkmsKeyId"'], ['the key of an index', 'keyId'],
    ['the partition key', 'tenant', 'store Orders, keyIdAttribute: attribute is part of the primary key'],
    ['a number in an index', 'size', 'store Orders, keyIdAttribute: attribute has another type in the table, got size of type N; allowed: text'],
    ['the data key', 'dataKey', 'store Orders: keyIdAttribute and dataKeyAttribute are the same attribute'],
    ['empty', '', 'store Orders: name of an attribute is empty'], ['null', null, `${OPTIONS}, keyIdAttribute: value is of the wrong kind, got null`],
  ]),
  ...inputs('encryptionContext', [
    ['empty', {}], ['a key attribute of text', { tenant: ContextValue.attribute('tenant') }], ['a literal', { purpose: ContextValue.literal('orders') }],
    ['an empty literal', { purpose: ContextValue.literal('') }], ['a number of an index', { size: ContextValue.attribute('size') }],
    ['text', { tenant: 'tenant' }, `${OPTIONS}, encryptionContext.tenant: value is of the wrong kind, got text of 6 characters; allowed: a ContextValue; use ContextValue.attribute(name)`],
    ['a string', 'tenant', `${OPTIONS}, encryptionContext: value is of the wrong kind, got text of 6 characters; allowed: an object`],
    ['that was not called', { tenant: ContextValue.attribute }, `${OPTIONS}, encryptionContext.tenant: value is of the wrong kind, got the function attribute`],
    ['null', { tenant: null }, `${OPTIONS}, encryptionContext.tenant: value is of the wrong kind, got null`],
    ['a list', [ContextValue.literal('a')], `${OPTIONS}, encryptionContext: value is of the wrong kind, got a list of 1 element`],
    ['an attribute with a tab', { tenant: ContextValue.attribute('tenant\t') }, 'store Orders, encryptionContext: name of an attribute begins or ends with whitespace'],
    ['a binary key', { hash: ContextValue.attribute('hash') }, 'store Orders, encryptionContext: attribute has another type in the table, got hash of type B; allowed: text or a number'],
    ['the data key', { key: ContextValue.attribute('dataKey') }, 'store Orders: attribute is written by a rotation and is part of the encryption context'],
    ['an empty attribute', { tenant: ContextValue.attribute('') }, 'store Orders: name of an attribute is empty'],
    ['an empty name', { '': ContextValue.literal('a') }, 'store Orders, encryptionContext: name of a pair is empty'],
    ['a reserved name', { 'cdk-kms-lifecycle:purpose': ContextValue.literal('a') }, 'store Orders, encryptionContext: name of a pair is reserved'],
    ['of a number', () => ({ a: ContextValue.literal(untyped(7)) }), 'ContextValue.literal, text: value is of the wrong kind, got the number 7'],
    ['of no attribute', () => ({ a: ContextValue.attribute(untyped(undefined)) }), 'ContextValue.attribute, name: property is missing'],
  ]),
  ...inputs('formerEncryptionContexts', [
    ['none', []], ['without pairs', [{}]], ['a key attribute of text', [{ tenant: ContextValue.attribute('tenant') }, {}]],
    ['an attribute with a space', [{ tenant: ContextValue.attribute(' tenant') }], 'store Orders, formerEncryptionContexts[0]: name of an attribute begins or ends with whitespace'],
    ['a binary key', [{}, { hash: ContextValue.attribute('hash') }], 'store Orders, formerEncryptionContexts[1]: attribute has another type in the table, got hash of type B; allowed: text or a number'],
    ['the data key', [{ key: ContextValue.attribute('dataKey') }], 'store Orders: attribute is written by a rotation and is part of the encryption context'],
    ['an empty attribute', [{ tenant: ContextValue.attribute('') }], 'store Orders: name of an attribute is empty'],
    ['an empty name', [{ '': ContextValue.literal('a') }], 'store Orders, formerEncryptionContexts[0]: name of a pair is empty'],
    ['a reserved name', [{ 'cdk-kms-lifecycle:purpose': ContextValue.literal('a') }], 'store Orders, formerEncryptionContexts[0]: name of a pair is reserved'],
  ]),
  ...inputs('shards', [
    ['1', 1], ['1000', 1000], ['0', 0, 'store Orders, shards: number is out of range'], ['1001', 1001, 'store Orders, shards: number is out of range'],
    ['2.5', 2.5, 'store Orders, shards: number is out of range'], ['-1', -1, 'store Orders, shards: number is out of range, got -1'],
    ['a token', () => Lazy.number({ produce: () => 4 }), 'store Orders, shards: number must be known at synthesis'],
    ['text', '4', `${OPTIONS}, shards: value is of the wrong kind, got the text "4"; allowed: a number`],
  ]),
  ...inputs('storeId', [
    ['of 64 characters', 'x'.repeat(64)], ['of 65 characters', 'x'.repeat(65), 'storeId cannot be part of the object keys of evidence'],
    ['with a slash', 'a/b', 'storeId cannot be part of the object keys'], ['empty', '', 'storeId cannot be part of the object keys'],
    ['a number', 1, `${OPTIONS}, storeId: value is of the wrong kind, got the number 1`],
  ]),
  { name: 'a misspelled option', build: (stack) => store(stack, { dataKeyAttribut: 'x' }), refused: `${OPTIONS}, dataKeyAttribut: property does not exist` },
  {
    name: 'a misspelled option instead of the required one',
    build: (stack) => store(stack, { dataKeyAttribute: undefined, datakeyattribute: 'x' }),
    refused: `${OPTIONS}, datakeyattribute: property does not exist; allowed: dataKeyAttribute, keyIdAttribute, encryptionContext, formerEncryptionContexts, foreignRecords, shards, storeId; use dataKeyAttribute`,
  },
  {
    name: 'a part of the name of the required option',
    build: (stack) => store(stack, { dataKeyAttribute: undefined, attribute: 'x' }),
    refused: `${OPTIONS}, attribute: property does not exist; allowed: dataKeyAttribute, keyIdAttribute, encryptionContext, formerEncryptionContexts, foreignRecords, shards, storeId; use dataKeyAttribute if it is meant, or remove it`,
  },
  { name: 'text in place of the options', build: (stack) => DataKeyStore.dynamoTable(table(stack), untyped('x')), refused: '; pass an object, such as { dataKeyAttribute: \'dataKey\' }' },
  { name: 'no options', build: (stack) => DataKeyStore.dynamoTable(table(stack), untyped(undefined)), refused: `${OPTIONS}: property is missing` },
  { name: 'options that are text', build: (stack) => DataKeyStore.dynamoTable(table(stack), untyped('dataKey')), refused: `${OPTIONS}: value is of the wrong kind, got text of 7 characters` },
  { name: 'no table', build: () => DataKeyStore.dynamoTable(untyped(undefined), { dataKeyAttribute: 'a' }), refused: 'DataKeyStore.dynamoTable, table: property is missing; allowed: a table' },
  { name: 'the name of a table', build: () => DataKeyStore.dynamoTable(untyped('orders'), { dataKeyAttribute: 'a' }), refused: 'DataKeyStore.dynamoTable, table: value is of the wrong kind, got text of 6 characters' },
  { name: 'the resource of a table', build: (stack) => DataKeyStore.dynamoTable(untyped(table(stack).node.defaultChild), { dataKeyAttribute: 'a' }), refused: 'DataKeyStore.dynamoTable, table: value is of the wrong kind, got a CfnTable' },
  { name: 'a referenced table, whose schema is unknown', build: (stack) => store(stack, { dataKeyAttribute: 'tenant' }, dynamodb.Table.fromTableName(stack, 'Orders', 'orders')) },
  {
    name: 'the partition key of a TableV2',
    build: (stack) => store(stack, { dataKeyAttribute: 'id' }, new dynamodb.TableV2(stack, 'Orders', { partitionKey: { name: 'id', type: BINARY } })),
    refused: 'store Orders, dataKeyAttribute: attribute is part of the primary key',
  },
  {
    name: 'a table of another Region',
    build: (stack) => store(stack, {}, dynamodb.Table.fromTableArn(stack, 'Orders', 'arn:aws:dynamodb:us-east-1:111122223333:table/orders')),
    refused: 'Stack/Key, stores: table Stack/Orders is in another Region than the stack that uses it, got us-east-1; allowed: eu-central-1',
  },
  {
    name: 'a table of another account',
    build: (stack) => store(stack, {}, dynamodb.Table.fromTableArn(stack, 'Orders', 'arn:aws:dynamodb:eu-central-1:444455556666:table/orders')),
    refused: 'Stack/Key, stores: table Stack/Orders is in another account',
  },
];
