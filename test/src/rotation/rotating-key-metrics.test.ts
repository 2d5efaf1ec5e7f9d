import { Duration, type Stack } from 'aws-cdk-lib';
import { measureCounts } from '../../../lambda/reencrypt/count-metrics';
import { FamilyMetric } from '../../../src/contract/family/family-metrics';
import { StoreMetric } from '../../../src/contract/family/store-metrics';
import { NO_RECORDS } from '../../../src/contract/runs/reencryption';
import { RotatingKey, type IRotatingKey } from '../../../src/index';
import { aRotatingKey } from '../../support/a-rotating-key';
import { aStack } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const METHODS = {
  metricCurrentGenerationAge: 'CurrentGenerationAgeDays',
  metricRetainedGenerations: 'RetainedGenerations',
  metricGenerationsInSoak: 'GenerationsInSoak',
  metricKeyMaterialDueSoon: 'KeyMaterialDueSoon',
  metricKeyMaterialDue: 'KeyMaterialDue',
  metricConsumerWatchUnknown: 'ConsumerWatchUnknown',
  metricPrincipalsLeftOut: 'PrincipalsLeftOut',
  metricReconcileSucceeded: 'ReconcileSucceeded',
  metricStoresReady: 'StoresReady',
} as const;

test('every metric of a family has a method', () => {
  expect(Object.values(METHODS).sort()).toEqual(Object.values(FamilyMetric).sort());
});

describe.each<[string, () => IRotatingKey]>([
  ['declared in this app', () => aRotatingKey(stack)],
  ['known by its alias', () => RotatingKey.fromAliasName(stack, 'Orders', 'orders')],
])('a rotating key %s', (_, key) => {
  test.each(Object.entries(METHODS) as [keyof typeof METHODS, string][])('%s is %s of the alias', (method, metricName) => {
    expect(key()[method]()).toMatchObject({
      namespace: 'CdkKmsLifecycle', metricName, dimensions: { Alias: 'alias/orders' }, statistic: 'Maximum', period: Duration.days(1),
    });
  });

  test('metric names any metric of the alias', () => {
    expect(key().metric('KeyMaterialDue')).toMatchObject({
      namespace: 'CdkKmsLifecycle',
      metricName: 'KeyMaterialDue',
      dimensions: { Alias: 'alias/orders' },
    });
  });

  test('options replace statistic and period', () => {
    const options = { statistic: 'Minimum', period: Duration.days(2) };
    const theKey = key();
    expect(theKey.metricCurrentGenerationAge(options)).toMatchObject(options);
    expect(theKey.metricRecordsQuarantined('orders', options)).toMatchObject(options);
  });

  test.each(Object.values(StoreMetric))('%s of a store is the metric that the worker publishes', (metricName) => {
    const published = measureCounts({ family: 'alias/orders', store: { storeId: 'orders', shards: 1 } }, NO_RECORDS, new Date(0));
    const { namespace, dimensions, statistic } = key().metricOfStore('orders', metricName);
    expect({ namespace, dimensions }).toEqual({ namespace: published.namespace, dimensions: published.dimensions });
    expect(Object.keys(published.values)).toContain(metricName);
    expect(statistic).toBe('Sum');
  });
});

test('failed executions of both state machines have a metric', () => {
  const key = aRotatingKey(stack);
  const failed = (arn: string) => ({ namespace: 'AWS/States', metricName: 'ExecutionsFailed', dimensions: { StateMachineArn: arn } });
  expect(key.metricRotationsFailed()).toMatchObject(failed(key.rotationStateMachine.stateMachineArn));
  expect(key.metricRetirementsFailed()).toMatchObject(failed(key.retirementStateMachine.stateMachineArn));
});
