import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { App } from 'aws-cdk-lib';
import { KEY_MATERIAL_SECRET, OrdersStack } from '../../examples/orders/orders-stack';
import { KEY_MATERIAL_RESOURCE_TYPE, type ImportAttribute } from '../../src/contract/import-request';
import { deployTemplate, type Template } from '../cloudformation/deploy-template';
import { ACCOUNT, REGION, type Laptop } from '../laptop';
import { localProvisioners, type ProvisionedKey } from './provisioners';

/** What the example consists of, once it is deployed on this laptop. */
export interface DeployedOrders {
  readonly stackName: string;
  readonly alias: string;
  readonly tableName: string;
  readonly secretArn: string;
  readonly key: ProvisionedKey;
  /** The version of the secret whose bytes the key was imported with. */
  readonly materialVersion: string;
}

/** Synthesizes `examples/orders` and deploys its template here: the shipped handler imports the key. */
export async function deployOrders(laptop: Laptop): Promise<DeployedOrders> {
  const { stackName, template } = synthesize();
  const secretArn = await putKeyMaterial(laptop);
  const provisioned: ProvisionedKey[] = [];
  const provisioners = localProvisioners({
    kms: laptop.kmsClient('deployment', 4),
    dynamo: laptop.dynamoClient('deployment', 4),
    handlerEnvironment: laptop.handlerEnvironment(),
    stackName,
    account: ACCOUNT,
    region: REGION,
    keyCreated: (key) => provisioned.push(key),
  });
  const resources = await deployTemplate({
    template,
    pseudoParameters: { 'AWS::Partition': 'aws', 'AWS::Region': REGION, 'AWS::AccountId': ACCOUNT, 'AWS::StackName': stackName, 'AWS::URLSuffix': 'amazonaws.com' },
    provisioners,
  });
  const refOf = (type: string) => resources.get(onlyOne(template, type))?.ref as string;
  const imported = resources.get(onlyOne(template, KEY_MATERIAL_RESOURCE_TYPE))?.attributes as { [name in ImportAttribute]: string };
  const [key] = provisioned;
  if (key === undefined) throw new Error('examples/orders deploys no KMS key');
  return {
    stackName,
    alias: refOf('AWS::KMS::Alias'),
    tableName: refOf('AWS::DynamoDB::Table'),
    secretArn,
    key,
    materialVersion: imported.SecretVersionId,
  };
}

/** What a person does before the first deployment. */
async function putKeyMaterial(laptop: Laptop): Promise<string> {
  const { ARN } = await laptop.secretsClient('deployment').send(new CreateSecretCommand({ Name: KEY_MATERIAL_SECRET, SecretBinary: randomBytes(32) }));
  return ARN as string;
}

function synthesize(): { stackName: string; template: Template } {
  const outdir = mkdtempSync(join(tmpdir(), 'orders-'));
  try {
    const stack = new OrdersStack(new App({ outdir, analyticsReporting: false }), 'Orders');
    const artifact = (stack.node.root as App).synth().getStackByName(stack.stackName);
    return { stackName: stack.stackName, template: artifact.template as Template };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function onlyOne(template: Template, type: string): string {
  const found = Object.entries(template.Resources).filter(([, resource]) => resource.Type === type).map(([logicalId]) => logicalId);
  const [logicalId] = found;
  if (logicalId === undefined || found.length > 1) throw new Error(`examples/orders should have one ${type}, and has ${found.length}`);
  return logicalId;
}
