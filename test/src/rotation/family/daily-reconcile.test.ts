import type { Stack } from 'aws-cdk-lib';
import { aRotatingKey, familyOf, textOf } from '../../../support/a-rotating-key';
import { aStack, onlyResource } from '../../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

describe('the daily tick', () => {
  const schedule = () => onlyResource(stack, 'AWS::Scheduler::Schedule').Properties as unknown as { Target: { Input: object; Arn: object } };

  test('is by cron and never by rate, which fires when it is made', () => {
    aRotatingKey(stack, { reconcileHour: 17 });
    expect(schedule()).toMatchObject({ ScheduleExpression: 'cron(0 17 * * ? *)', ScheduleExpressionTimezone: 'UTC', FlexibleTimeWindow: { Mode: 'OFF' } });
  });

  test('tells the control function what the family is, and which machines it may start', () => {
    aRotatingKey(stack);
    expect(schedule().Target.Arn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^KeyFunctionsControlHandler/), 'Arn'] });
    expect(JSON.parse(textOf(schedule().Target.Input))).toEqual({
      schema: 1,
      step: 'reconcile',
      family: familyOf(stack),
      machines: { rotation: expect.stringMatching(/^<KeyRotation.{8}>$/), retirement: expect.stringMatching(/^<KeyRetirement.{8}>$/) },
    });
  });

  test('comes after the family is there', () => {
    aRotatingKey(stack);
    expect(onlyResource(stack, 'AWS::Scheduler::Schedule').DependsOn).toEqual([onlyResource(stack, 'Custom::RotatingKey').logicalId]);
  });
});
