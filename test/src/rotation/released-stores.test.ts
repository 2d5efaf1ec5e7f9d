import { App, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { DataKeyStore, RotatingKey, type ReleasedStore } from '../../../src/index';
import { releasedStoreProblems } from '../../../src/rotation/values/released-store-problems';

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
});
