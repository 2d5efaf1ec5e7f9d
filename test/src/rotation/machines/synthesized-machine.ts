import { CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { resolveIntrinsics, type ResolvedResource } from '../../../../local/cloudformation/resolve-intrinsics';
import type { FamilyDescription } from '../../../../src/contract/family/family-description';

/** A definition in the Amazon States Language, as far as these tests read it. */
export interface Definition {
  readonly StartAt: string;
  readonly States: { readonly [name: string]: State };
}

export interface State {
  readonly Type: 'Pass' | 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail' | 'Map';
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly ChoiceRule[];
  readonly Result?: object;
  readonly Resource?: string;
  readonly Parameters?: { readonly [field: string]: unknown };
  readonly ResultPath?: string | null;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { readonly [field: string]: unknown }[];
  readonly Error?: string;
  readonly Cause?: string;
  readonly ItemSelector?: { readonly [field: string]: unknown };
  readonly ItemProcessor?: Definition;
  readonly Label?: string;
}

export interface ChoiceRule {
  readonly Variable: string;
  readonly Next: string;
  readonly StringEquals?: string;
  readonly BooleanEquals?: boolean;
  readonly NumericGreaterThanEquals?: number;
}

/**
 * A family whose description contains values that are known only after deployment: ARNs, a table name, a
 * policy with ARNs.
 */
export function aFamilyWithTokens(stack: Stack): FamilyDescription {
  const role = (id: string): iam.Role => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const table = new dynamodb.Table(stack, 'Table', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
  const policy = new iam.PolicyDocument({
    statements: [
      new iam.PolicyStatement({ sid: 'UsersEncryptAndDecrypt', actions: ['kms:Decrypt'], principals: [role('User')], resources: ['*'] }),
    ],
  });
  return {
    schema: 1,
    alias: 'alias/orders',
    owner: 'Stack/Orders',
    description: 'Says "orders", and $.run besides',
    policyDocument: stack.toJsonString(policy),
    roles: { control: role('RoleOfControl').roleArn, worker: role('RoleOfWorker').roleArn, retirement: role('RoleOfRetirement').roleArn },
    material: { kind: 'aws-kms' },
    tags: {},
    stores: [{
      kind: 'dynamodb-table',
      storeId: 'orders',
      tableName: table.tableName,
      tableArn: table.tableArn,
      dataKeyAttribute: 'dataKey',
      encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenantId' } },
      shards: 4,
    }],
    propagationDelaySeconds: 300,
    firstRotationWatchSeconds: 86_400,
    dataKeyMaxAgeSeconds: 86_400,
    maxPasses: 8,
    onConsumerFailure: 'roll-back',
    paused: false,
  };
}

export function aFunction(stack: Stack, id: string): lambda.Function {
  return new lambda.Function(stack, id, {
    code: lambda.Code.fromInline('none'),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
  });
}

/** The definition as a deployment passes it to Step Functions, with all references replaced. */
export function definitionOf(machine: sfn.StateMachine): Definition {
  const stack = Stack.of(machine);
  const { Resources } = Template.fromStack(stack).toJSON() as {
    Resources: { [logicalId: string]: { Properties: { DefinitionString: unknown } } };
  };
  const logicalId = stack.getLogicalId(machine.node.defaultChild as CfnResource);
  return JSON.parse(String(resolved(stack, Resources[logicalId]?.Properties.DefinitionString))) as Definition;
}

/** One resource of a template, with all references replaced. */
export interface SynthesizedResource {
  readonly logicalId: string;
  readonly properties: { readonly [name: string]: unknown };
}

/** The resources of the construct with that id, by type. */
export function resourcesOf(stack: Stack, id: string): { readonly [type: string]: SynthesizedResource } {
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: { [logicalId: string]: { Type: string; Properties: object } } };
  const own = Object.entries(Resources).filter(([logicalId]) => logicalId.startsWith(id));
  return Object.fromEntries(own.map(([logicalId, { Type, Properties }]) =>
    [Type, { logicalId, properties: resolved(stack, Properties) as SynthesizedResource['properties'] }]));
}

/** The ARN of a resource after deployment. */
export function arnOf(stack: Stack, construct: { readonly node: { readonly defaultChild?: unknown } }): string {
  return arn(stack.getLogicalId(construct.node.defaultChild as CfnResource));
}

/** A part of a template, with all references replaced. */
function resolved(stack: Stack, part: unknown): unknown {
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: object };
  const known = Object.keys(Resources).map((id): [string, ResolvedResource] => [id, { ref: id, attributes: { Arn: arn(id), Name: id } }]);
  return resolveIntrinsics(part, new Map([...known, ['AWS::Partition', { ref: 'aws', attributes: {} }]]));
}

function arn(logicalId: string): string {
  return `arn:aws:lambda:eu-central-1:111122223333:function:${logicalId}`;
}
