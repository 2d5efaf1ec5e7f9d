import type { Stack } from 'aws-cdk-lib';
import { Stack as CdkStack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import {
  ContextValue, CustomerManagedKey, DataKeyStore, ForeignRecords, KeyPosture, type DynamoTableStoreOptions,
} from '../../../src/index';
import { aRotatingKey, aTable, familiesOf, familyOf, statementsOf, type Statement } from '../../support/a-rotating-key';
import { aRole, aStack, complaintsOf, onlyResource } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const bind = (table: dynamodb.ITable) =>
  DataKeyStore.dynamoTable(table, { dataKeyAttribute: 'dataKey' })._bind(stack, aRole(stack, 'Worker'));

test('the default id of a store is the id of the construct of its table', () => {
  expect(bind(aTable(stack, 'Invoices')).description.storeId).toBe('Invoices');
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

describe('two rotating keys declare the same attribute of the same table', () => {
  const options = { dataKeyAttribute: 'dataKey' };

  function tenants(
    tables: readonly [dynamodb.ITable, dynamodb.ITable], [one, other]: readonly DynamoTableStoreOptions[] = [options, options],
  ): string {
    aRotatingKey(stack, { alias: 'alias/acme', stores: [DataKeyStore.dynamoTable(tables[0], one!)] }, 'Acme');
    aRotatingKey(stack, { alias: 'alias/globex', stores: [DataKeyStore.dynamoTable(tables[1], other!)] }, 'Globex');
    return complaintsOf(stack);
  }

  const declared = () => familiesOf(stack).map(({ stores: [store] }) => store?.foreignRecords);

  test('each leaves the records of the other as they are, without being told', () => {
    const table = aTable(stack);
    expect(tenants([table, table])).toBe('');
    expect(declared()).toEqual(['skip', 'skip']);
  });

  test('also if each refers to the table by its name', () => {
    const named = (id: string) => dynamodb.Table.fromTableName(stack, id, 'orders');
    expect(tenants([named('One'), named('Other')])).toBe('');
    expect(declared()).toEqual(['skip', 'skip']);
  });

  test('and one of them is told to quarantine such records: an error, because its rotations could never succeed', () => {
    const table = aTable(stack);
    expect(tenants([table, table], [{ ...options, foreignRecords: ForeignRecords.QUARANTINE }, options])).toContain(
      'store Orders, foreignRecords: another rotating key declares the same attribute of the same table, so its records would be '
      + `quarantined by every rotation, got QUARANTINE, beside ${stack.node.path}/Globex; allowed: SKIP; remove foreignRecords`,
    );
  });

  test.each<[string, () => readonly [dynamodb.ITable, dynamodb.ITable], readonly DynamoTableStoreOptions[]]>([
    ['another table', () => [aTable(stack, 'One'), aTable(stack, 'Other')], [options, options]],
    ['another attribute', () => { const table = aTable(stack); return [table, table]; }, [options, { dataKeyAttribute: 'invoiceKey' }]],
  ])('%s is shared by nobody', (_name, tables, each) => {
    expect(tenants(tables(), each)).toBe('');
    expect(declared()).toEqual(['quarantine', 'quarantine']);
  });
});

test('the same attribute of the same table twice in one rotating key is an error, also with another context', () => {
  const table = aTable(stack);
  const store = (storeId: string, encryptionContext = {}) =>
    DataKeyStore.dynamoTable(table, { storeId, dataKeyAttribute: 'dataKey', encryptionContext });
  aRotatingKey(stack, { stores: [store('first'), store('second', { tenant: ContextValue.attribute('tenantId') })] });
  expect(complaintsOf(stack)).toContain(
    'store second, dataKeyAttribute: another store of this rotating key is the same attribute of the same table, got dataKey; '
    + 'allowed: one store for each attribute of a table; remove one of the two',
  );
  expect(complaintsOf(stack)).not.toContain('store first');
});

test('a store can be declared to hold records of other keys, and older records with other contexts', () => {
  aRotatingKey(stack, {
    stores: [DataKeyStore.dynamoTable(aTable(stack), {
      dataKeyAttribute: 'dataKey',
      foreignRecords: ForeignRecords.SKIP,
      encryptionContext: { tenant: ContextValue.attribute('tenantId') },
      formerEncryptionContexts: [{ customer: ContextValue.attribute('tenantId') }, {}],
    })],
  });
  expect(complaintsOf(stack)).toBe('');
  expect(familyOf(stack).stores).toMatchObject([{
    foreignRecords: 'skip', formerEncryptionContexts: [{ customer: { kind: 'attribute', attribute: 'tenantId' } }, {}],
  }]);
});

test('an attribute of a former context cannot be written by a rotation either', () => {
  aRotatingKey(stack, {
    stores: [DataKeyStore.dynamoTable(aTable(stack), {
      dataKeyAttribute: 'dataKey', keyIdAttribute: 'keyId', formerEncryptionContexts: [{ key: ContextValue.attribute('keyId') }],
    })],
  });
  expect(complaintsOf(stack)).toContain('attribute is written by a rotation and is part of the encryption context, got keyId');
});

describe('a table that is encrypted under a KMS key of its own', () => {
  const VIA = { StringEquals: { 'kms:ViaService': 'dynamodb.eu-central-1.amazonaws.com' } };

  function tableUnder(encryptionKey: kms.IKey): void {
    const table = aTable(stack, 'Orders', { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey });
    aRotatingKey(stack, { stores: [DataKeyStore.dynamoTable(table, { dataKeyAttribute: 'dataKey' })] });
    expect(complaintsOf(stack)).toBe('');
  }

  const ofTheWorker = (statement: Statement) => JSON.stringify(statement.Principal).includes('Worker');

  test('lets the worker use the key through DynamoDB by its IAM policy, if the key policy delegates to IAM', () => {
    tableUnder(new kms.Key(stack, 'TableKey'));
    expect(statementsOf(stack, /Worker/).filter(({ Condition }) => Condition !== undefined)).toMatchObject([{ Condition: VIA }]);
  });

  test('lets the worker use the key through DynamoDB by the key policy, if only the key policy decides', () => {
    const administrators = [aRole(stack, 'Security')];
    const key = new CustomerManagedKey(stack, 'TableKey', { alias: 'alias/tables', administrators, posture: KeyPosture.keyPolicyOnly() });
    tableUnder(key);
    const policy = onlyResource(stack, 'AWS::KMS::Key').Properties.KeyPolicy as { Statement: Statement[] };
    expect(policy.Statement.filter(ofTheWorker)).toMatchObject([{ Effect: 'Allow', Condition: VIA }]);
    expect(statementsOf(stack, /Worker/).filter(({ Condition }) => Condition !== undefined)).toEqual([]);
  });
});
