import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateAliasCommand, CreateKeyCommand, type CreateKeyCommandInput, type KMSClient } from '@aws-sdk/client-kms';
import { KEY_MATERIAL_RESOURCE_TYPE } from '../../src/contract/import-request';
import { createCustomResource } from '../cloudformation/custom-resource-caller';
import type { Provisioner, ResourceToCreate } from '../cloudformation/deploy-template';

/** A key as the template declared it. */
export interface ProvisionedKey {
  readonly keyArn: string;
  /** The key policy, resolved. */
  readonly policy: string;
  /** Who declared it. */
  readonly logicalId: string;
}

/** The engines on this laptop that stand in for AWS. */
export interface LocalServices {
  readonly kms: KMSClient;
  readonly dynamo: DynamoDBClient;
  /** What the shipped handlers find in their environment. */
  readonly handlerEnvironment: { readonly [name: string]: string };
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly keyCreated: (key: ProvisionedKey) => void;
}

/** Creates the resources of the example: those that matter for real, roles and functions by name only. */
export function localProvisioners(services: LocalServices): { [type: string]: Provisioner } {
  const named = (service: string, resource: string): Provisioner => async ({ logicalId }) => {
    const region = service === 'iam' ? '' : services.region;
    return { ref: logicalId, attributes: { Arn: `arn:aws:${service}:${region}:${services.account}:${resource}${logicalId}` } };
  };
  return {
    'AWS::IAM::Role': named('iam', 'role/'),
    'AWS::IAM::Policy': named('iam', 'policy/'),
    'AWS::Lambda::Function': named('lambda', 'function:'),
    'AWS::Logs::LogGroup': named('logs', 'log-group:'),
    'AWS::DynamoDB::Table': (resource) => createTable(resource, services),
    'AWS::KMS::Key': (resource) => createKey(resource, services),
    'AWS::KMS::Alias': (resource) => createAlias(resource, services),
    [KEY_MATERIAL_RESOURCE_TYPE]: (resource) => importMaterial(resource, services),
  };
}

async function createTable({ logicalId, properties }: ResourceToCreate, { dynamo, account, region }: LocalServices): ReturnType<Provisioner> {
  const { AttributeDefinitions, KeySchema } = properties as unknown as CreateTableCommandInput;
  await dynamo.send(new CreateTableCommand({ TableName: logicalId, AttributeDefinitions, KeySchema, BillingMode: 'PAY_PER_REQUEST' }));
  return { ref: logicalId, attributes: { Arn: `arn:aws:dynamodb:${region}:${account}:table/${logicalId}` } };
}

async function createKey({ logicalId, properties }: ResourceToCreate, { kms, keyCreated }: LocalServices): ReturnType<Provisioner> {
  const { KeyPolicy, Description, Origin, KeySpec } = properties;
  const policy = JSON.stringify(KeyPolicy);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy: policy, Description, Origin, KeySpec } as CreateKeyCommandInput));
  const keyArn = KeyMetadata?.Arn as string;
  keyCreated({ keyArn, policy, logicalId });
  return { ref: KeyMetadata?.KeyId as string, attributes: { Arn: keyArn, KeyId: KeyMetadata?.KeyId as string } };
}

async function createAlias({ properties }: ResourceToCreate, { kms }: LocalServices): ReturnType<Provisioner> {
  const { AliasName, TargetKeyId } = properties as { AliasName: string; TargetKeyId: string };
  // CloudFormation takes an ARN for the target, too; so does KMS.
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId }));
  return { ref: AliasName, attributes: {} };
}

async function importMaterial(resource: ResourceToCreate, { stackName, handlerEnvironment }: LocalServices): ReturnType<Provisioner> {
  const { physicalResourceId, attributes } = await createCustomResource({
    stackName,
    logicalId: resource.logicalId,
    resourceType: resource.type,
    properties: resource.properties,
    asset: 'key-material',
    environment: handlerEnvironment,
  });
  return { ref: physicalResourceId, attributes };
}
