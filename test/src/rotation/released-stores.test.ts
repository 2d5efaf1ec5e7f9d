import { App, Aws, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { DataKeyStore, RotatingKey, type ReleasedStore } from '../../../src/index';
import { releasedStoreProblems } from '../../../src/rotation/values/released-store-problems';
import { aRotatingKey, aTable } from '../../support/a-rotating-key';
import { aStack, complaintsOf } from '../../support/a-stack';

const ORDERS = 'arn:aws:dynamodb:eu-central-1:111122223333:table/Orders';

test.each<[string, ReleasedStore, RegExp[]]>([
  ['a table and an attribute', { tableArn: ORDERS, dataKeyAttribute: 'dataKey' }, []],
  ['a name instead of an ARN', { tableArn: 'Orders', dataKeyAttribute: 'dataKey' }, [/releasedStores\[0\].*not the ARN of a DynamoDB table/]],
  ['every table', { tableArn: ORDERS.replace('Orders', '*'), dataKeyAttribute: 'dataKey' }, [/not the ARN/]],
  ['an index of a table', { tableArn: `${ORDERS}/index/ByDay`, dataKeyAttribute: 'dataKey' }, [/not the ARN/]],
  ['no attribute', { tableArn: ORDERS, dataKeyAttribute: '' }, [/name of an attribute is empty/]],
  ['a store that is declared', { tableArn: ORDERS, dataKeyAttribute: 'declared' }, [/declared and released/]],
])('a release of %s', (_, released, problems) => {
  const found = releasedStoreProblems([released], [{ tableArn: ORDERS, dataKeyAttribute: 'declared' }]);
  expect(found).toEqual(problems.map((problem) => expect.stringMatching(problem)));
});

describe('a rotating key', () => {
  const declare = (releasedStores: unknown) => {
    const stack = new Stack(new App(), 'Shop');
    const table = new dynamodb.Table(stack, 'Orders', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
    const stores = [DataKeyStore.dynamoTable(table, { dataKeyAttribute: 'dataKey' })];
    return () => new RotatingKey(stack, 'Key', { alias: 'orders', stores, releasedStores: releasedStores as ReleasedStore[] });
  };

  test('accepts releases', () => {
    expect(declare([{ tableArn: ORDERS, dataKeyAttribute: 'dataKey' }])).not.toThrow();
  });

  test.each<[string, unknown, RegExp]>([
    ['a misspelled member', [{ tableArn: ORDERS, dataKeyAtribute: 'dataKey' }], /dataKeyAttribute/],
    ['a table', ['Orders'], /releasedStores\[0\]: value is of the wrong kind/],
  ])('refuses %s', (_, releasedStores, message) => {
    expect(declare(releasedStores)).toThrow(message);
  });

  describe('refuses a store that is declared and released', () => {
    const complaints = (table: (stack: Stack) => dynamodb.ITable, released: (table: dynamodb.ITable) => string, dataKeyAttribute = 'dataKey') => {
      const stack = aStack();
      const it = table(stack);
      const releasedStores = [{ tableArn: released(it), dataKeyAttribute }];
      aRotatingKey(stack, { stores: [DataKeyStore.dynamoTable(it, { dataKeyAttribute: 'dataKey' })], releasedStores });
      return complaintsOf(stack);
    };
    const fixed = (stack: Stack) => aTable(stack, 'Table', { tableName: 'Orders' });
    const REFUSED = 'releasedStores[0]: store is declared and released, got dataKey';

    test.each<[string, (stack: Stack) => dynamodb.ITable, (table: dynamodb.ITable) => string]>([
      ['a table with a fixed name, by the ARN that the error of the retirement prints', fixed, () => ORDERS],
      ['a table by its name, by that ARN', (stack) => dynamodb.Table.fromTableName(stack, 'Table', 'Orders'), () => ORDERS],
      ['a table by its name, in a stack whose account is not known',
        () => dynamodb.Table.fromTableName(new Stack(new App(), 'Agnostic'), 'Table', 'Orders'), () => ORDERS],
      ['a table, by its ARN', (stack) => aTable(stack), ({ tableArn }) => tableArn],
      ['a table by its name, by the ARN of its construct', (stack) => dynamodb.Table.fromTableName(stack, 'ByName', fixed(stack).tableName),
        ({ node: { root } }) => (root.node.findChild('Stack').node.findChild('Table') as dynamodb.Table).tableArn],
      ['a table with a fixed name, by an ARN with references', fixed, () => `arn:${Aws.PARTITION}:dynamodb:${Aws.REGION}:${Aws.ACCOUNT_ID}:table/Orders`],
    ])('%s', (_, table, released) => {
      expect(complaints(table, released)).toContain(REFUSED);
    });

    test('but not another attribute, table or Region', () => {
      expect(complaints(fixed, () => ORDERS, 'formerKey')).toBe('');
      expect(complaints(fixed, () => ORDERS.replace('Orders', 'Invoices'))).toBe('');
      expect(complaints(fixed, () => ORDERS.replace('eu-central-1', 'us-east-1'))).toBe('');
      expect(complaints((stack) => aTable(stack), () => ORDERS)).toBe('');
    });
  });
});
