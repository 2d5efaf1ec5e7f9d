import { Duration, type Stack } from 'aws-cdk-lib';
import { aRotatingKey } from '../../support/a-rotating-key';
import { aStack } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

describe('metrics', () => {
  test.each([['metricCurrentGenerationAge', 'CurrentGenerationAgeDays'], ['metricReconcileSucceeded', 'ReconcileSucceeded'], ['metricKeyMaterialDue', 'KeyMaterialDue']] as const)('%s is %s of the alias', (method, metricName) => {
    expect(aRotatingKey(stack)[method]()).toMatchObject({ namespace: 'CdkKmsLifecycle', metricName, dimensions: { Alias: 'alias/orders' }, period: Duration.days(1) });
  });

  test('metricRotationsFailed counts executions of the rotation machine', () => {
    const key = aRotatingKey(stack);
    expect(key.metricRotationsFailed()).toMatchObject({ namespace: 'AWS/States', metricName: 'ExecutionsFailed', dimensions: { StateMachineArn: key.rotationStateMachine.stateMachineArn } });
  });

  test('may be looked at in another way', () => {
    expect(aRotatingKey(stack).metricCurrentGenerationAge({ statistic: 'Minimum', period: Duration.days(2) })).toMatchObject({ statistic: 'Minimum', period: Duration.days(2) });
  });
});
