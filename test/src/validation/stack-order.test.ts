import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DataKeyStore } from '../../../src/index';
import { deployAfter } from '../../../src/validation/stack-order';
import { aCustomerManagedKey } from '../../support/a-customer-managed-key';
import { aRotatingKey, aTable } from '../../support/a-rotating-key';
import { aRole, complaintsOf } from '../../support/a-stack';

let data: Stack;
let service: Stack;
beforeEach(() => {
  const app = new App({ analyticsReporting: false });
  [data, service] = [new Stack(app, 'Data'), new Stack(app, 'Service')];
});

/** The ordinary app of two stacks: one has the table and the key, the other the role that uses both. */
function anApp(useKey: (role: iam.Role, table: ReturnType<typeof aTable>) => void): string {
  const [role, table] = [aRole(service, 'Role'), aTable(data)];
  table.grantReadWriteData(role);
  useKey(role, table);
  return complaintsOf(data);
}

describe('a table and a key in one stack, and their user in another', () => {
  test('named in users of a rotating key makes a cycle, and the error names the remedy', () => {
    expect(anApp((role, table) => {
      aRotatingKey(data, { users: [role], stores: [DataKeyStore.dynamoTable(table, { dataKeyAttribute: 'dataKey' })] });
    })).toContain('(Data/Key, users or administrators: the key policy names Service/Role; remove it from users and call grantEncryptDecrypt of ' +
      'the key instead, which adds a statement to the IAM policy of the principal)');
  });

  test('with that remedy is accepted, and only the stack of the user depends on the other', () => {
    expect(anApp((role, table) => {
      aRotatingKey(data, { stores: [DataKeyStore.dynamoTable(table, { dataKeyAttribute: 'dataKey' })] }).grantEncryptDecrypt(role);
    })).toBe('');
    expect([data.dependencies, service.dependencies]).toEqual([[], [data]]);
    expect(JSON.stringify(Template.fromStack(service).toJSON())).toContain('kms:ResourceAliases');
  });

  test('named in users of a customer managed key makes a cycle, and the error names the remedy', () => {
    expect(anApp((role) => aCustomerManagedKey(data, { users: [role] }))).toContain(
      'the key policy names Service/Role; remove it there and call a grant method of the key instead, such as grantEncryptDecrypt');
  });

  test('with that remedy is accepted for a customer managed key', () => {
    expect(anApp((role) => aCustomerManagedKey(data).grantEncryptDecrypt(role))).toBe('');
  });
});

describe('the stack of a key is deployed after the stacks of its users', () => {
  test('if they are in the same account and Region', () => {
    aCustomerManagedKey(data, { users: [aRole(service, 'Role')] });
    expect(data.dependencies).toEqual([service]);
  });

  test('but not after a nested stack, which is part of its own deployment', () => {
    aCustomerManagedKey(data, { users: [aRole(new NestedStack(data, 'Nested'), 'Role')] });
    expect(data.dependencies).toEqual([]);
    expect(complaintsOf(data)).toBe('');
  });

  test('but not for a role that the app only refers to', () => {
    aCustomerManagedKey(data, { users: [iam.Role.fromRoleName(service, 'Role', 'orders')] });
    expect(data.dependencies).toEqual([]);
  });
});

test('the name that the CDK has given the method later is used if there is one, because the old one warns at every synthesis', () => {
  const called: unknown[] = [];
  const renamed = Object.assign(data, { addStackDependency: (...given: unknown[]) => called.push(given) });
  deployAfter(renamed, service, 'a replica is created from its primary');
  expect(called).toEqual([[service, 'a replica is created from its primary']]);
  expect(data.dependencies).toEqual([]);
});
