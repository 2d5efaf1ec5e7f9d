import type { Stack } from 'aws-cdk-lib';
import { aRotatingKey, familyOf, textOf } from '../../../support/a-rotating-key';
import { aStack, onlyResource } from '../../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

describe('the daily reconcile run', () => {
  const schedule = () =>
    onlyResource(stack, 'AWS::Scheduler::Schedule').Properties as unknown as { Target: { Input: object; Arn: object } };

  test('is scheduled by cron, because rate fires on creation', () => {
    aRotatingKey(stack, { reconcileHour: 17 });
    expect(schedule()).toMatchObject({
      ScheduleExpression: 'cron(0 17 * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
  });

  test('passes the family and both state machines to the control function', () => {
    aRotatingKey(stack);
    expect(schedule().Target.Arn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^KeyFunctionsControlHandler/), 'Arn'] });
    expect(JSON.parse(textOf(schedule().Target.Input))).toEqual({
      schema: 1,
      step: 'reconcile',
      family: familyOf(stack),
      machines: { rotation: expect.stringMatching(/^<KeyRotation.{8}>$/), retirement: expect.stringMatching(/^<KeyRetirement.{8}>$/) },
    });
  });

  test('depends on the resource of the family', () => {
    aRotatingKey(stack);
    expect(onlyResource(stack, 'AWS::Scheduler::Schedule').DependsOn).toEqual([onlyResource(stack, 'Custom::RotatingKey').logicalId]);
  });
});
