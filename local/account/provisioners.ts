import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand, CreateKeyCommand, DeleteAliasCommand, PutKeyPolicyCommand, ScheduleKeyDeletionCommand, UpdateAliasCommand,
  type CreateKeyCommandInput, type KMSClient,
} from '@aws-sdk/client-kms';
import { iamProvisioners, lambdaPermission, type PermissionServices } from './iam-provisioners';
import { eventSourceMapping, queue, type QueueServices } from './queue-provisioners';
import { customResources } from '../cloudformation/custom-resource-caller';
import type { Provisioner, ResourceToDeploy } from '../cloudformation/local-stack';
import type { ResolvedResource } from '../cloudformation/resolve-intrinsics';
import type { LocalIam } from '../iam/local-iam';

/** Local implementations of the AWS services that a deployment calls. */
export interface LocalServices extends QueueServices {
  readonly now: () => Date;
  readonly iam: LocalIam;
  readonly kms: KMSClient;
  readonly dynamo: DynamoDBClient;
  readonly buckets: { readonly create: (name: string) => void; readonly remove: (name: string) => void };
  readonly functions: {
    define(arn: string, properties: FunctionProperties): void;
    remove(arn: string): void;
    /** Invokes the function of a custom resource. */
    invokeForDeployment(arn: string, event: object): Promise<void>;
  };
  readonly machines: { define(arn: string, definition: string, roleArn: string): void; remove(arn: string): void };
  readonly permissions: PermissionServices;
  readonly schedules: { define(name: string, properties: ScheduleProperties): void; remove(name: string): void };
  readonly rules: { define(ruleArn: string, properties: RuleProperties): void; remove(ruleArn: string): void };
}

/** Properties of `AWS::Lambda::Function`. */
export interface FunctionProperties {
  readonly Code: { readonly S3Key: string };
  readonly Role: string;
  readonly Environment?: { readonly Variables?: { readonly [name: string]: string } };
}

/** Properties of `AWS::Scheduler::Schedule`. */
export interface ScheduleProperties {
  readonly ScheduleExpression: string;
  readonly State?: string;
  readonly Target: { readonly Arn: string; readonly RoleArn: string; readonly Input: string };
}

/** Properties of `AWS::Events::Rule`. */
export interface RuleProperties {
  readonly EventPattern: { readonly [field: string]: unknown };
  readonly State: string;
  readonly Targets: readonly RuleTarget[];
}

export interface RuleTarget {
  readonly Arn: string;
  readonly InputTransformer?: { readonly InputPathsMap: { readonly [name: string]: string }; readonly InputTemplate: string };
}

/**
 * Provisioners for the resource types of the examples. Types without behavior in this account get a name and
 * an ARN only.
 */
export function localProvisioners(services: LocalServices): { [type: string]: Provisioner } {
  const custom = customResources(services.account, services.region, services.now, services.functions.invokeForDeployment);
  const nameOnly = named(services, 'iam', '');
  return {
    ...iamProvisioners(services.iam),
    'AWS::Lambda::Permission': lambdaPermission(services.permissions),
    'AWS::Logs::LogGroup': named(services, 'logs', 'log-group:'),
    'AWS::S3::BucketPolicy': nameOnly,
    'AWS::SQS::Queue': queue(services),
    'AWS::SQS::QueuePolicy': nameOnly,
    // Asynchronous invocations of this account are delivered at once, and retried for three minutes.
    'AWS::Lambda::EventInvokeConfig': nameOnly,
    'AWS::Lambda::EventSourceMapping': eventSourceMapping(services),
    'AWS::S3::Bucket': bucket(services),
    'AWS::DynamoDB::Table': table(services),
    'AWS::KMS::Key': key(services),
    'AWS::KMS::Alias': alias(services),
    'AWS::Lambda::Function': lambdaFunction(services),
    'AWS::StepFunctions::StateMachine': stateMachine(services),
    'AWS::Scheduler::Schedule': schedule(services),
    'AWS::Events::Rule': rule(services),
    'Custom::RotatingKey': custom,
    'Custom::KmsKeyMaterial': custom,
    'Custom::RetirementEnd': custom,
  };
}

function nameOf({ stackName, logicalId }: ResourceToDeploy): string {
  return `${stackName}-${logicalId}`;
}

function arnOf({ account, region }: LocalServices, service: string, resource: string): string {
  return `arn:aws:${service}:${service === 'iam' || service === 's3' ? '' : region}:${service === 's3' ? '' : account}:${resource}`;
}

function named(services: LocalServices, service: string, prefix: string): Provisioner {
  return {
    create: async (resource): Promise<ResolvedResource> => ({
      ref: nameOf(resource), attributes: { Arn: arnOf(services, service, `${prefix}${nameOf(resource)}`) },
    }),
  };
}

/** As in AWS, a resource that is created again has another name: a stack can retain the former one. */
function namesOfNewResources(): (resource: ResourceToDeploy) => string {
  const created = new Map<string, number>();
  return (resource) => {
    const count = (created.get(nameOf(resource)) ?? 0) + 1;
    created.set(nameOf(resource), count);
    return count === 1 ? nameOf(resource) : `${nameOf(resource)}-${count}`;
  };
}

function bucket(services: LocalServices): Provisioner {
  const newName = namesOfNewResources();
  return {
    create: async (resource) => {
      const name = newName(resource).toLowerCase();
      services.buckets.create(name);
      return { ref: name, attributes: { Arn: arnOf(services, 's3', name) } };
    },
    delete: async ({ resolved }) => services.buckets.remove(resolved.ref),
  };
}

/** A table is never deleted here. */
function table(services: LocalServices): Provisioner {
  const newName = namesOfNewResources();
  return {
    create: async (resource) => {
      const { AttributeDefinitions, KeySchema } = resource.properties as unknown as CreateTableCommandInput;
      const TableName = newName(resource);
      await services.dynamo.send(new CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode: 'PAY_PER_REQUEST' }));
      return { ref: TableName, attributes: { Arn: arnOf(services, 'dynamodb', `table/${TableName}`) } };
    },
  };
}

function key({ kms }: LocalServices): Provisioner {
  const policyOf = ({ properties }: ResourceToDeploy) => JSON.stringify(properties.KeyPolicy);
  return {
    create: async (resource) => {
      const { Description, Origin, KeySpec } = resource.properties as unknown as CreateKeyCommandInput;
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy: policyOf(resource), Description, Origin, KeySpec }));
      return { ref: KeyMetadata?.KeyId as string, attributes: { Arn: KeyMetadata?.Arn as string, KeyId: KeyMetadata?.KeyId as string } };
    },
    update: async (resource, { resolved }) => {
      await kms.send(new PutKeyPolicyCommand({ KeyId: resolved.ref, PolicyName: 'default', Policy: policyOf(resource) }));
      return resolved;
    },
    delete: async ({ resolved }) => {
      await kms.send(new ScheduleKeyDeletionCommand({ KeyId: resolved.ref }));
    },
  };
}

function alias({ kms }: LocalServices): Provisioner {
  const propertiesOf = ({ properties }: ResourceToDeploy) => properties as { AliasName: string; TargetKeyId: string };
  return {
    create: async (resource) => {
      const { AliasName, TargetKeyId } = propertiesOf(resource);
      await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId }));
      return { ref: AliasName, attributes: {} };
    },
    update: async (resource, { resolved }) => {
      await kms.send(new UpdateAliasCommand(propertiesOf(resource)));
      return resolved;
    },
    delete: async ({ resolved }) => {
      await kms.send(new DeleteAliasCommand({ AliasName: resolved.ref }));
    },
  };
}

function lambdaFunction(services: LocalServices): Provisioner {
  const define = (resource: ResourceToDeploy): ResolvedResource => {
    const arn = arnOf(services, 'lambda', `function:${nameOf(resource)}`);
    services.functions.define(arn, resource.properties as unknown as FunctionProperties);
    return { ref: nameOf(resource), attributes: { Arn: arn } };
  };
  return {
    create: async (resource) => define(resource),
    update: async (resource) => define(resource),
    delete: async ({ resolved }) => services.functions.remove(resolved.attributes.Arn as string),
  };
}

function stateMachine(services: LocalServices): Provisioner {
  const define = (resource: ResourceToDeploy): ResolvedResource => {
    const arn = arnOf(services, 'states', `stateMachine:${nameOf(resource)}`);
    services.machines.define(arn, String(resource.properties.DefinitionString), String(resource.properties.RoleArn));
    return { ref: arn, attributes: { Arn: arn, Name: nameOf(resource) } };
  };
  return {
    create: async (resource) => define(resource),
    update: async (resource) => define(resource),
    delete: async ({ resolved }) => services.machines.remove(resolved.ref),
  };
}

function schedule({ schedules }: LocalServices): Provisioner {
  const define = (resource: ResourceToDeploy): ResolvedResource => {
    schedules.define(nameOf(resource), resource.properties as unknown as ScheduleProperties);
    return { ref: nameOf(resource), attributes: {} };
  };
  return {
    create: async (resource) => define(resource),
    update: async (resource) => define(resource),
    delete: async ({ resolved }) => schedules.remove(resolved.ref),
  };
}

function rule(services: LocalServices): Provisioner {
  const define = (resource: ResourceToDeploy): ResolvedResource => {
    const arn = arnOf(services, 'events', `rule/${nameOf(resource)}`);
    services.rules.define(arn, resource.properties as unknown as RuleProperties);
    return { ref: nameOf(resource), attributes: { Arn: arn } };
  };
  return {
    create: async (resource) => define(resource),
    update: async (resource) => define(resource),
    delete: async ({ resolved }) => services.rules.remove(resolved.attributes.Arn as string),
  };
}
