import { Aspects, Duration, type Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { DataKeyStore, Deletion } from '../../../src/index';
import { recoveryOf } from '../../../src/stores/dynamodb/table-recovery';
import { aRotatingKey, aTable } from '../../support/a-rotating-key';
import { aStack, complaintsOf } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const partitionKey = { name: 'orderId', type: dynamodb.AttributeType.STRING };

const overridden = <Table extends dynamodb.ITable>(table: Table, property: string, value: unknown): Table => {
  (table.node.defaultChild as dynamodb.CfnTable).addPropertyOverride(property, value);
  return table;
};

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
    [
      'is known for the resource of a table that is referenced by its name',
      (of) => dynamodb.Table.fromTableName(of, 'Orders', new dynamodb.CfnTable(of, 'Resource', {
        keySchema: [{ attributeName: 'orderId', keyType: 'HASH' }], pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      }).ref),
      35,
    ],
    [
      'is the longest one if a deployment decides it',
      (of) => overridden(aTable(of), 'PointInTimeRecoverySpecification', { 'Fn::If': ['IsProduction', {}, { Ref: 'AWS::NoValue' }] }),
      35,
    ],
    [
      'is the longest one if a deployment decides the period',
      (of) => overridden(aTable(of), 'PointInTimeRecoverySpecification', { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: { Ref: 'Days' } }),
      35,
    ],
    [
      'is unknown if an override removes point-in-time recovery',
      (of) => overridden(
        aTable(of, 'Orders', { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } }), 'PointInTimeRecoverySpecification', undefined,
      ),
      undefined,
    ],
    [
      'is unknown for another table whose name begins with that of a resource',
      (of) => dynamodb.Table.fromTableName(
        of, 'Old', `${aTable(of, 'Orders', { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } }).tableName}-old`,
      ),
      undefined,
    ],
    ['is unknown for a table that is only referenced', (of) => dynamodb.Table.fromTableName(of, 'Orders', 'orders'), undefined],
  ])('%s', (_, table, days) => {
    expect(recoveryOf(table(stack))?.toDays()).toBe(days);
  });
});

describe('a backup retention shorter than the recovery period of a table is refused', () => {
  const on = { pointInTimeRecoveryEnabled: true };
  const resourceOf = (table: dynamodb.ITable) => table.node.defaultChild as dynamodb.CfnTable;
  const globally = (table: dynamodb.ITable) => table.node.defaultChild as dynamodb.CfnGlobalTable;
  const withPeriod = (days: number, table: dynamodb.ITable, later: (table: dynamodb.ITable) => void = () => undefined) => {
    aRotatingKey(stack, {
      stores: [DataKeyStore.dynamoTable(table, { dataKeyAttribute: 'dataKey' })],
      deletion: Deletion.afterProof({ backupRetention: Duration.days(days) }),
    });
    later(table);
    return complaintsOf(stack);
  };
  const REFUSED = 'deletion.backupRetention: a store can be recovered from further back, and the recovered data would be lost, got 34 days; '
    + 'allowed: at least 35 days, its period of point-in-time recovery, or the longest one if that is unknown at synthesis; raise backupRetention';

  test.each<[string, () => dynamodb.ITable, (table: dynamodb.ITable) => void]>([
    ['that the table declares', () => aTable(stack, 'Orders', { pointInTimeRecoverySpecification: on }), () => undefined],
    ['that is assigned after the store was declared', () => aTable(stack), (table) => {
      resourceOf(table).pointInTimeRecoverySpecification = on;
    }],
    ['of an override', () => aTable(stack), (table) => {
      resourceOf(table).addPropertyOverride('PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled', true);
    }],
    ['of an Aspect', () => aTable(stack), () => {
      Aspects.of(stack).add({ visit: (node) => { if (node instanceof dynamodb.CfnTable) node.pointInTimeRecoverySpecification = on; } });
    }],
    ['of an override of a TableV2', () => new dynamodb.TableV2(stack, 'Orders', { partitionKey }), (table) => {
      globally(table).addPropertyOverride('Replicas.0.PointInTimeRecoverySpecification', { PointInTimeRecoveryEnabled: 'true' });
    }],
    ['of an Aspect on a TableV2', () => new dynamodb.TableV2(stack, 'Orders', { partitionKey }), () => {
      Aspects.of(stack).add({
        visit: (node) => {
          if (node instanceof dynamodb.CfnGlobalTable) node.replicas = [{ region: 'eu-central-1', pointInTimeRecoverySpecification: on }];
        },
      });
    }],
  ])('%s', (_, table, later) => {
    expect(withPeriod(34, table(), later)).toContain(REFUSED);
  });

  test('and one as long as it is accepted', () => {
    expect(withPeriod(35, aTable(stack, 'Orders', { pointInTimeRecoverySpecification: on }))).toBe('');
  });
});
