import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { acceptFindings, RIGHTS_OF_ONE_ROLE } from '../../compliance/accepted-findings';
import type { FamilyDescription } from '../../contract/family/family-description';
import { STEP_SCHEMA, type ControlRequest, type FamilyMachines, type WorkerRequest } from '../../contract/runs/function-steps';

type DailyRequest = ControlRequest | WorkerRequest;

/** Properties of `DailyReconcile`. */
export interface DailyReconcileProps {
  readonly family: FamilyDescription;
  readonly machines: FamilyMachines;
  readonly control: lambda.IFunction;
  readonly worker: lambda.IFunction;
  /** The hour of the day, in UTC. */
  readonly hour: number;
}

/**
 * Schedules that invoke, once a day, the control function, to reconcile the family and to start what is due, and the
 * worker, to prove that the next rotation could do its work.
 *
 * It uses cron, because `rate()` fires when the schedule is created or changed, and a deployment must never start a
 * rotation. An invocation that the schedule cannot deliver for six hours is dropped, and so is one that AWS Lambda has
 * accepted and cannot complete: for the control function after 15 minutes, because it receives the events of
 * CloudFormation as well. The next reconcile run finds the same actions due.
 */
export class DailyReconcile extends Construct {
  public constructor(scope: Construct, id: string, { family, machines, control, worker, hour }: DailyReconcileProps) {
    super(scope, id);
    const role = new iam.Role(this, 'Role', {
      description: `Invokes the functions of ${family.alias} for the daily reconcile run`,
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        Invoke: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({
            sid: 'InvokesControlAndWorker', actions: ['lambda:InvokeFunction'], resources: [control.functionArn, worker.functionArn],
          })],
        }),
      },
    });
    acceptFindings(role, RIGHTS_OF_ONE_ROLE);
    const daily = (scheduleId: string, minute: number, description: string, target: lambda.IFunction, request: DailyRequest) =>
      new scheduler.CfnSchedule(this, scheduleId, {
        description,
        scheduleExpression: `cron(${minute} ${hour} * * ? *)`,
        scheduleExpressionTimezone: 'UTC',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: target.functionArn,
          roleArn: role.roleArn,
          input: Stack.of(this).toJsonString(request),
          retryPolicy: { maximumEventAgeInSeconds: 6 * 60 * 60, maximumRetryAttempts: 24 },
        },
      });
    daily('Schedule', 0, `Daily reconcile run of ${family.alias}, which starts what is due`, control, {
      schema: STEP_SCHEMA, step: 'reconcile', family, machines,
    });
    if (family.stores.length === 0) return;
    // Half an hour later: a rotation that the reconcile run has started proves the same by then.
    daily('Preflight', 30, `Daily pre-flight of the worker of ${family.alias}, which changes nothing`, worker, {
      schema: STEP_SCHEMA, step: 'daily-pre-flight', family: family.alias, stores: family.stores,
    });
  }
}
