import { Aspects, CfnParameter, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { DataKeyStore, ForeignRecords } from '../../../src/index';
import { aRotatingKey, aTable } from '../../support/a-rotating-key';
import { aStack, complaintsOf } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

type Two = readonly [dynamodb.ITable, dynamodb.ITable];

const store = (table: dynamodb.ITable, storeId: string) => DataKeyStore.dynamoTable(table, { dataKeyAttribute: 'dataKey', storeId });
const named = (name: string, id = name, scope: Stack = stack) => dynamodb.Table.fromTableName(scope, id, name);
const otherStack = (region = stack.region) => new Stack(stack.node.root as never, 'Other', { env: { account: stack.account, region } });
const fixed = { tableName: 'orders' };
const arnOf = (name: string) => `arn:aws:dynamodb:${stack.region}:${stack.account}:table/${name}`;

/** What each rotating key of a stack does with foreign records, in the order of their construct ids. */
const foreignRecordsOf = (of: Stack) => Object.entries(Template.fromStack(of).findResources('Custom::RotatingKey'))
  .sort(([one], [other]) => (one < other ? -1 : 1))
  .map(([, { Properties }]) => /foreignRecords\W+(\w+)/.exec(JSON.stringify(Properties))?.[1]);

const SAME: [string, () => Two][] = [
  ['a construct and its name', () => { const table = aTable(stack); return [table, named(table.tableName, 'ByName')]; }],
  ['a construct and its ARN', () => { const table = aTable(stack); return [table, dynamodb.Table.fromTableArn(stack, 'ByArn', table.tableArn)]; }],
  ['a name of a construct, twice', () => { const { tableName } = aTable(stack); return [named(tableName, 'A'), named(tableName, 'B')]; }],
  ['a name and an ARN of a construct', () => {
    const { tableName, tableArn } = aTable(stack);
    return [named(tableName, 'A'), dynamodb.Table.fromTableArn(stack, 'B', tableArn)];
  }],
  ['a TableV2 and its name', () => {
    const table = new dynamodb.TableV2(stack, 'Orders', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
    return [table, named(table.tableName, 'ByName')];
  }],
  ['a fixed name and its literal', () => [aTable(stack, 'Orders', fixed), named('orders')]],
  ['a fixed name and its literal ARN', () => [aTable(stack, 'Orders', fixed), dynamodb.Table.fromTableArn(stack, 'B', arnOf('orders'))]],
  ['a fixed name of another stack and its literal', () => [aTable(otherStack(), 'Orders', fixed), named('orders')]],
  ['a construct of another stack and its name', () => { const table = aTable(otherStack()); return [table, named(table.tableName, 'ByName')]; }],
  ['a name that an Aspect sets, and its literal', () => {
    Aspects.of(stack).add({ visit: (node) => { if (node instanceof dynamodb.CfnTable) node.tableName = 'orders'; } });
    return [aTable(stack), named('orders')];
  }],
  ['a name that is computed late, and its literal', () => [named(Lazy.string({ produce: () => 'orders' }), 'Lazy'), named('orders')]],
  ['a parameter of a stack, twice', () => {
    const name = new CfnParameter(stack, 'Name');
    return [named(name.valueAsString, 'A'), named(Fn.ref(name.logicalId), 'B')];
  }],
  ['an imported ARN and its name', () => {
    const table = dynamodb.Table.fromTableArn(stack, 'A', Fn.importValue('OrdersArn'));
    return [table, named(table.tableName, 'B')];
  }],
  ['an export of another app, twice', () => [named(Fn.importValue('OrdersTable'), 'A'), named(Fn.importValue('OrdersTable'), 'B')]],
];

const DIFFERENT: [string, () => Two][] = [
  ['two constructs', () => [aTable(stack, 'A'), aTable(stack, 'B')]],
  ['two names', () => [named('orders'), named('invoices')]],
  ['two fixed names', () => [aTable(stack, 'A', fixed), named('invoices')]],
  ['a construct whose name is not known, and a name', () => [aTable(stack), named('orders')]],
  ['a construct, and a name that begins with its name', () => { const table = aTable(stack); return [table, named(`${table.tableName}-old`, 'Old')]; }],
  ['two parameters', () => [named(new CfnParameter(stack, 'P').valueAsString, 'A'), named(new CfnParameter(stack, 'Q').valueAsString, 'B')]],
  ['two exports of another app', () => [named(Fn.importValue('Orders'), 'A'), named(Fn.importValue('Invoices'), 'B')]],
];

test.each(SAME)('twice in one rotating key is an error: %s', (_, tables) => {
  const [one, other] = tables();
  aRotatingKey(stack, { stores: [store(one, 'one'), store(other, 'other')] });
  expect(complaintsOf(stack)).toContain(
    'store other, dataKeyAttribute: another store of this rotating key is the same attribute of the same table, got dataKey',
  );
});

test.each(DIFFERENT)('two tables in one rotating key are no error: %s', (_, tables) => {
  const [one, other] = tables();
  aRotatingKey(stack, { stores: [store(one, 'one'), store(other, 'other')] });
  expect(complaintsOf(stack)).toBe('');
});

describe('two rotating keys', () => {
  const declared = ([one, other]: Two) => {
    aRotatingKey(stack, { alias: 'alias/acme', stores: [store(one, 'one')] }, 'Acme');
    aRotatingKey(stack, { alias: 'alias/globex', stores: [store(other, 'other')] }, 'Globex');
    expect(complaintsOf(stack)).toBe('');
    return foreignRecordsOf(stack);
  };

  test.each(SAME)('skip the records of each other in %s', (_, tables) => {
    expect(declared(tables())).toEqual([ForeignRecords.SKIP, ForeignRecords.SKIP]);
  });

  test.each(DIFFERENT)('quarantine foreign records in %s', (_, tables) => {
    expect(declared(tables())).toEqual([ForeignRecords.QUARANTINE, ForeignRecords.QUARANTINE]);
  });

  test('of two stacks share an export of another app, and do not share parameters of the same id', () => {
    const other = otherStack();
    const both = (name: (of: Stack) => string) => [stack, other].map((of) => named(name(of), `T${of.node.children.length}`, of));
    const inBoth = (id: string, tables: dynamodb.ITable[]) => [stack, other].forEach((of, index) =>
      aRotatingKey(of, { alias: `alias/${id}${index}`, stores: [store(tables[index]!, id)] }, id));
    inBoth('Exported', both(() => Fn.importValue('OrdersTable')));
    inBoth('Parameter', both((of) => new CfnParameter(of, 'Name').valueAsString));
    expect(complaintsOf(stack)).toBe('');
    expect([stack, other].map(foreignRecordsOf)).toEqual(Array(2).fill([ForeignRecords.SKIP, ForeignRecords.QUARANTINE]));
  });

  test('of two Regions do not share a table of one name', () => {
    const other = otherStack('us-east-1');
    aRotatingKey(other, { stores: [store(named('orders', 'T', other), 'other')] });
    aRotatingKey(stack, { stores: [store(named('orders'), 'one')] });
    expect(complaintsOf(stack)).toBe('');
    expect([stack, other].map(foreignRecordsOf)).toEqual(Array(2).fill([ForeignRecords.QUARANTINE]));
  });
});

test('what an early resolve has found does not decide: a later rotating key of the app shares the table', () => {
  const table = aTable(stack);
  const first = aRotatingKey(stack, { alias: 'alias/acme', stores: [store(table, 'one')] }, 'Acme');
  stack.resolve((first.node.findChild('Resource').node.defaultChild as unknown as { _toCloudFormation(): unknown })._toCloudFormation());
  aRotatingKey(stack, { alias: 'alias/globex', stores: [store(table, 'other')] }, 'Globex');
  expect(complaintsOf(stack)).toBe('');
  expect(foreignRecordsOf(stack)).toEqual([ForeignRecords.SKIP, ForeignRecords.SKIP]);
});
