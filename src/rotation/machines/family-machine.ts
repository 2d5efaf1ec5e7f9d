import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ShardMap } from './shard-map';
import { acceptFindings, RIGHTS_OF_ONE_ROLE, STATE_MACHINE } from '../../compliance/accepted-findings';

/** Properties of a state machine of a family. */
export interface FamilyMachineProps {
  /** Purpose of the state machine, as the console shows it. */
  readonly comment: string;
  readonly definition: sfn.IChainable;
  /** The functions that its states invoke. */
  readonly functions: readonly lambda.IFunction[];
  /** Log group for failures of executions, without execution data. */
  readonly logs?: logs.ILogGroup;
}

/**
 * Creates a state machine whose role may invoke these functions and manage the executions of this machine,
 * and nothing else.
 *
 * The permissions on its own executions are in a separate policy: the state machine refers to the role, so a reference
 * back would be circular.
 */
export function familyMachine(scope: Construct, props: FamilyMachineProps): sfn.StateMachine {
  const role = new iam.Role(scope, 'Role', {
    description: props.comment,
    assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
    inlinePolicies: {
      InvokeFunctions: new iam.PolicyDocument({
        statements: [mayInvoke(props.functions), ...props.logs === undefined ? [] : [mayDeliverLogs()]],
      }),
    },
  });
  const machine = new sfn.StateMachine(scope, 'Resource', {
    comment: props.comment,
    definitionBody: sfn.DefinitionBody.fromChainable(props.definition),
    // The grants of the CDK are wider: they include every version and alias of each function.
    role: role.withoutPolicyUpdates(),
    logs: props.logs === undefined ? undefined : { destination: props.logs, level: sfn.LogLevel.ERROR, includeExecutionData: false },
  });
  // The CDK cannot attach this policy to a role, so no template contains it. Checks that visit all constructs would
  // report it.
  machine.node.tryRemoveChild('DistributedMapPolicy');
  new iam.Policy(scope, 'OwnExecutions', { roles: [role], statements: mayRunItself(machine, passesOf(scope)) });
  acceptFindings(scope, RIGHTS_OF_ONE_ROLE, ...STATE_MACHINE);
  return machine;
}

/** The maps for whose items the state machine starts executions of itself. */
function passesOf(scope: Construct): ShardMap[] {
  return scope.node.children.filter((child): child is ShardMap => child instanceof ShardMap);
}

function mayInvoke(functions: readonly lambda.IFunction[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'InvokeTheFunctionsOfTheFamily',
    actions: ['lambda:InvokeFunction'],
    resources: functions.map(({ functionArn }) => functionArn),
  });
}

/** Log deliveries have no ARN that a policy could name. */
function mayDeliverLogs(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'DeliverOwnLogs',
    actions: [
      'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
      'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
    ],
    resources: ['*'],
  });
}

/** A Distributed Map starts an execution of the same state machine for each item, and manages these executions. */
function mayRunItself(machine: sfn.StateMachine, maps: readonly ShardMap[]): iam.PolicyStatement[] {
  const executionsOf = (name: string): string => Stack.of(machine).formatArn({
    service: 'states', resource: 'execution', resourceName: `${name}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const ofShards = maps.map(({ id }) => executionsOf(`${machine.stateMachineName}/${id}`));
  return [
    new iam.PolicyStatement({ sid: 'StartItselfForEachShard', actions: ['states:StartExecution'], resources: [machine.stateMachineArn] }),
    new iam.PolicyStatement({
      sid: 'ManageOwnExecutions',
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      resources: [executionsOf(machine.stateMachineName), ...ofShards],
    }),
    new iam.PolicyStatement({ sid: 'RedriveFailedShards', actions: ['states:RedriveExecution'], resources: ofShards }),
  ];
}
