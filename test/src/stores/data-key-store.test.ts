import type { Stack } from 'aws-cdk-lib';
import { Stack as CdkStack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { DataKeyStore } from '../../../src/index';
import { aRotatingKey, aTable, familyOf } from '../../support/a-rotating-key';
import { aRole, aStack, complaintsOf } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const bind = (table: dynamodb.ITable) =>
  DataKeyStore.dynamoTable(table, { dataKeyAttribute: 'dataKey' })._bind(stack, aRole(stack, 'Worker'));

const partitionKey = { name: 'orderId', type: dynamodb.AttributeType.STRING };

test('the default id of a store is the id of the construct of its table', () => {
  expect(bind(aTable(stack, 'Invoices')).description.storeId).toBe('Invoices');
});

describe('how far back a table can be recovered', () => {
  test.each<[string, (of: Stack) => dynamodb.ITable, number | undefined]>([
    ['is unknown without point-in-time recovery', (of) => aTable(of), undefined],
    ['is 35 days by default', (of) => aTable(of, 'Orders', { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } }), 35],
    [
      'is the declared period',
      (of) => aTable(of, 'Orders', { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 9 } }),
      9,
    ],
    [
      'is unknown if point-in-time recovery is off',
      (of) => aTable(of, 'Orders', { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false } }),
      undefined,
    ],
    [
      'is known for a TableV2',
      (of) => new dynamodb.TableV2(of, 'Orders', { partitionKey, pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } }),
      35,
    ],
    ['is unknown for a TableV2 without point-in-time recovery', (of) => new dynamodb.TableV2(of, 'Orders', { partitionKey }), undefined],
    ['is unknown for a table that is only referenced', (of) => dynamodb.Table.fromTableName(of, 'Orders', 'orders'), undefined],
  ])('%s', (_, table, days) => {
    expect(bind(table(stack)).backupRetention?.toDays()).toBe(days);
  });
});

test('a table of another stack is unchanged, and references have one direction', () => {
  const tables = new CdkStack(stack.node.root as never, 'Tables', { env: stack });
  const table = aTable(tables);
  aRotatingKey(stack, { stores: [DataKeyStore.dynamoTable(table, { dataKeyAttribute: 'dataKey' })] });
  expect(complaintsOf(stack)).toBe('');
  expect(tables.dependencies).toEqual([]);
  expect(stack.dependencies).toEqual([tables]);
  Template.fromStack(tables).resourceCountIs('AWS::IAM::Policy', 0);
  expect(familyOf(stack).stores).toMatchObject([{ storeId: 'Orders' }]);
});
