import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { acceptFindings, RIGHTS_OF_ONE_ROLE } from '../../compliance/accepted-findings';
import type { FamilyDescription } from '../../contract/family/family-description';
import { STEP_SCHEMA, type ControlRequest, type FamilyMachines } from '../../contract/runs/function-steps';

/** Properties of `DailyReconcile`. */
export interface DailyReconcileProps {
  readonly family: FamilyDescription;
  readonly machines: FamilyMachines;
  readonly control: lambda.IFunction;
  /** The hour of the day, in UTC. */
  readonly hour: number;
}

/**
 * Schedule that invokes the control function once a day, to reconcile the family and to start what is due.
 *
 * It uses cron, because `rate()` fires when the schedule is created or changed, and a deployment must never start a
 * rotation. An invocation that fails for six hours is dropped: the next reconcile run finds the same actions due.
 */
export class DailyReconcile extends Construct {
  public constructor(scope: Construct, id: string, { family, machines, control, hour }: DailyReconcileProps) {
    super(scope, id);
    const role = new iam.Role(this, 'Role', {
      description: `Invokes the control function of ${family.alias} for the daily reconcile run`,
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        Invoke: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({
            sid: 'InvokesTheControlFunction', actions: ['lambda:InvokeFunction'], resources: [control.functionArn],
          })],
        }),
      },
    });
    acceptFindings(role, RIGHTS_OF_ONE_ROLE);
    const request = { schema: STEP_SCHEMA, step: 'reconcile', family, machines } satisfies ControlRequest;
    new scheduler.CfnSchedule(this, 'Schedule', {
      description: `Daily reconcile run of ${family.alias}, which starts what is due`,
      scheduleExpression: `cron(0 ${hour} * * ? *)`,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: control.functionArn,
        roleArn: role.roleArn,
        input: Stack.of(this).toJsonString(request),
        retryPolicy: { maximumEventAgeInSeconds: 6 * 60 * 60, maximumRetryAttempts: 24 },
      },
    });
  }
}
