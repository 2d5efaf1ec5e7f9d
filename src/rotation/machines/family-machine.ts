import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ShardMap } from './shard-map';
import { acceptFindings, RIGHTS_OF_ONE_ROLE, STATE_MACHINE } from '../../compliance/accepted-findings';

/** What a state machine of a family is made of. */
export interface FamilyMachineProps {
  /** What it is for, as the console shows it. */
  readonly comment: string;
  readonly definition: sfn.IChainable;
  /** The functions that its states ask. */
  readonly functions: readonly lambda.IFunction[];
  /** Where it writes which execution failed where. Never with execution data. */
  readonly logs?: logs.ILogGroup;
}

/**
 * A state machine with a role that may do what the machine says, and nothing else: ask these functions, and work on its own executions.
 *
 * Three resources. The rights on itself stand in a policy of their own: the machine refers to the role, so the role cannot refer back.
 */
export function familyMachine(scope: Construct, props: FamilyMachineProps): sfn.StateMachine {
  const role = new iam.Role(scope, 'Role', {
    description: props.comment,
    assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
    inlinePolicies: {
      AskFunctions: new iam.PolicyDocument({ statements: [mayAsk(props.functions), ...props.logs === undefined ? [] : [mayDeliverLogs()]] }),
    },
  });
  const machine = new sfn.StateMachine(scope, 'Resource', {
    comment: props.comment,
    definitionBody: sfn.DefinitionBody.fromChainable(props.definition),
    // What the CDK would grant by itself is wider: every version and alias of each function.
    role: role.withoutPolicyUpdates(),
    logs: props.logs === undefined ? undefined : { destination: props.logs, level: sfn.LogLevel.ERROR, includeExecutionData: false },
  });
  // The CDK could attach it to no role, so it is in no template; only checks that walk the constructs would find it, and complain.
  machine.node.tryRemoveChild('DistributedMapPolicy');
  new iam.Policy(scope, 'OwnExecutions', { roles: [role], statements: mayRunItself(machine, passesOf(scope)) });
  acceptFindings(scope, RIGHTS_OF_ONE_ROLE, ...STATE_MACHINE);
  return machine;
}

/** For these it starts executions of itself. */
function passesOf(scope: Construct): ShardMap[] {
  return scope.node.children.filter((child): child is ShardMap => child instanceof ShardMap);
}

function mayAsk(functions: readonly lambda.IFunction[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'AskTheFunctionsOfTheFamily',
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

/** A Distributed Map is the machine starting itself once for each item, and looking after what it started. */
function mayRunItself(machine: sfn.StateMachine, maps: readonly ShardMap[]): iam.PolicyStatement[] {
  const executionsOf = (name: string): string => Stack.of(machine).formatArn({
    service: 'states', resource: 'execution', resourceName: `${name}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const ofShards = maps.map(({ id }) => executionsOf(`${machine.stateMachineName}/${id}`));
  return [
    new iam.PolicyStatement({ sid: 'StartItselfForEachShard', actions: ['states:StartExecution'], resources: [machine.stateMachineArn] }),
    new iam.PolicyStatement({
      sid: 'LookAfterOwnExecutions',
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      resources: [executionsOf(machine.stateMachineName), ...ofShards],
    }),
    new iam.PolicyStatement({ sid: 'GoOnWithFailedShards', actions: ['states:RedriveExecution'], resources: ofShards }),
  ];
}
