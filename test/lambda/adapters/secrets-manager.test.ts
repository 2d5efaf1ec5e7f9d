import { CreateSecretCommand, DescribeSecretCommand, SecretsManagerClient, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { SecretsManagerMaterial } from '../../../lambda/adapters/secrets-manager';
import { LocalSecretsManager } from '../../../local/secrets-manager/local-secrets-manager';

const LABEL = 'cdk-kms-lifecycle/111122223333/eu-central-1/2026-01-15/key/material';
const FORMER = 'cdk-kms-lifecycle/key/material';

let local: LocalSecretsManager;
let client: SecretsManagerClient;
let material: SecretsManagerMaterial;
let secretArn: string;
let versionId: string;

beforeEach(async () => {
  local = await LocalSecretsManager.start();
  client = new SecretsManagerClient({
    endpoint: local.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'importer', secretAccessKey: '-' }, maxAttempts: 1,
  });
  material = new SecretsManagerMaterial(client);
  const created = await client.send(new CreateSecretCommand({ Name: 'orders', SecretBinary: Buffer.alloc(32, 1) }));
  [secretArn, versionId] = [created.ARN as string, created.VersionId as string];
});
afterEach(() => local.stop());

async function labels(): Promise<string[]> {
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secretArn }));
  return Object.values(VersionIdsToStages).flat().sort();
}

test('the complete ARN of a secret that is declared without the random characters', async () => {
  expect(await material.completeArn(secretArn.slice(0, -7))).toBe(secretArn);
});

test('a version gets the first label only if it has none of them', async () => {
  await client.send(new UpdateSecretVersionStageCommand({ SecretId: secretArn, VersionStage: FORMER, MoveToVersionId: versionId }));
  await material.pinVersion(secretArn, versionId, [LABEL, FORMER]);
  expect(await labels()).toEqual(['AWSCURRENT', FORMER]);
  await material.pinVersion(secretArn, versionId, [LABEL]);
  expect(await labels()).toEqual(['AWSCURRENT', LABEL, FORMER].sort());
  expect(await material.listLabels(secretArn)).toContainEqual({ label: LABEL, versionId });
});

test('a label is removed, also when an earlier attempt has removed it', async () => {
  await material.pinVersion(secretArn, versionId, [LABEL]);
  await material.removeLabel(secretArn, versionId, LABEL);
  expect(await labels()).toEqual(['AWSCURRENT']);
  await material.removeLabel(secretArn, versionId, LABEL);
});

test('a label that is not removed is an error', async () => {
  await expect(material.removeLabel(secretArn, versionId, 'AWSCURRENT')).rejects.toThrow(/AWSCURRENT without moving it/);
  expect(await labels()).toEqual(['AWSCURRENT']);
});
