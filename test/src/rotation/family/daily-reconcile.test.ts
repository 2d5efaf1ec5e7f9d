import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { aRotatingKey, familyOf, textOf } from '../../../support/a-rotating-key';
import { aStack, onlyResource } from '../../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

interface Schedule {
  readonly DependsOn: string[];
  readonly Properties: { readonly ScheduleExpression: string; readonly Target: { readonly Input: object; readonly Arn: object } };
}

function scheduleLike(logicalId: RegExp): Schedule {
  const found = Object.entries(Template.fromStack(stack).findResources('AWS::Scheduler::Schedule')).filter(([id]) => logicalId.test(id));
  expect(found).toHaveLength(1);
  return found[0]![1] as Schedule;
}

describe('the daily pre-flight of the worker', () => {
  test('is scheduled half an hour after the reconcile run, with the stores', () => {
    aRotatingKey(stack, { reconcileHour: 17 });
    const { Properties: { ScheduleExpression, Target }, DependsOn } = scheduleLike(/ReconcilePreflight/);
    expect(ScheduleExpression).toBe('cron(30 17 * * ? *)');
    expect(Target.Arn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^KeyFunctionsWorkerHandler/), 'Arn'] });
    expect(JSON.parse(textOf(Target.Input))).toEqual({
      schema: 1, step: 'daily-pre-flight', family: 'alias/orders', stores: familyOf(stack).stores,
    });
    expect(DependsOn).toEqual(['Custom::RotatingKey', 'Custom::RetirementEnd'].map((type) => onlyResource(stack, type).logicalId));
  });

  test('is not scheduled for a family without stores', () => {
    aRotatingKey(stack, { stores: [] });
    expect(Object.keys(Template.fromStack(stack).findResources('AWS::Scheduler::Schedule'))).toEqual([expect.stringMatching(/ReconcileSchedule/)]);
  });
});

describe('the daily reconcile run', () => {
  const schedule = (logicalId = /ReconcileSchedule/) => scheduleLike(logicalId).Properties;

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

  test('depends on the resource of the family, and is deleted before the resource that ends retirements', () => {
    aRotatingKey(stack);
    const [family, end] = ['Custom::RotatingKey', 'Custom::RetirementEnd'].map((type) => onlyResource(stack, type));
    expect(scheduleLike(/ReconcileSchedule/).DependsOn).toEqual([family?.logicalId, end?.logicalId]);
    expect(end).toMatchObject({ DependsOn: [family?.logicalId], DeletionPolicy: 'Delete' });
    const machines = Object.entries(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
    const retirement = machines.find(([logicalId]) => logicalId.startsWith('KeyRetirement'));
    expect(retirement?.[1].DependsOn).toContain(end?.logicalId);
  });
});
