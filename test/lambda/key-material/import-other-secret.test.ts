import { randomBytes } from 'node:crypto';
import { GetSecretValueCommand, PutSecretValueCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { formerPinLabel, pinLabel } from '../../../lambda/key-material/pin-labels';
import { DAY, ImportWorld, type ImportCase } from '../../support/world/import-world';

/** The construct declares another secret than the one that supplied the key material of the key. */
let world: ImportWorld;
let a: ImportCase;
let other: ImportCase;

beforeAll(async () => { world = await ImportWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => {
  a = await world.newCase();
  other = await world.newCase();
});

const imports = () => world.localKms.audit.count({ operation: 'ImportKeyMaterial' });

async function copyVersion(versionId: string, material?: Uint8Array): Promise<void> {
  const { SecretBinary } = await world.secrets.send(new GetSecretValueCommand({ SecretId: a.secretArn, VersionId: versionId }));
  await world.secrets.send(new PutSecretValueCommand({
    SecretId: other.secretArn, SecretBinary: material ?? SecretBinary, ClientRequestToken: versionId, VersionStages: ['copied'],
  }));
}

async function expectRefused(change: { expiration?: { kind: 'after'; seconds: number } } = {}): Promise<void> {
  const before = imports();
  const attempt = a.import({ ...change, secretArn: other.secretArn });
  await expect(attempt).rejects.toMatchObject({ name: 'InvalidRequest', message: expect.stringContaining(`declare ${a.secretArn} again`) });
  await expect(attempt).rejects.toThrow(new RegExp(`imported from another secret.*version ${a.firstVersion} of ${a.secretArn}`));
  await expect(attempt).rejects.toThrow(`declared is ${other.secretArn}`);
  expect(imports()).toBe(before);
  expect(await other.labelledVersions()).toEqual([]);
}

test('the error names both secrets, and nothing is imported', async () => {
  await a.import();
  await expectRefused();
  expect(await a.import()).toMatchObject({ secretVersionId: a.firstVersion });
});

test('the same holds for key material that was deleted, has expired, or needs another expiry', async () => {
  await a.import();
  await a.deleteMaterial();
  await expectRefused();
  await a.import({ expiration: { kind: 'after', seconds: 86_400 } });
  await expectRefused({ expiration: { kind: 'after', seconds: 200 * 86_400 } });
  world.clock.advance(2 * DAY);
  await expectRefused();
});

test('a secret is the same whether it is declared by its complete ARN or without the random characters', async () => {
  await a.import();
  const before = imports();
  expect(await a.import({ secretArn: a.secretArn.slice(0, -'-AbCdEf'.length) })).toMatchObject({ secretVersionId: a.firstVersion });
  expect(imports()).toBe(before);
});

test('a copy of the version in the other secret is proven by KMS, and recorded', async () => {
  await a.import();
  const blob = await a.encrypt('an order');
  await copyVersion(a.firstVersion);
  expect(await a.import({ secretArn: other.secretArn })).toMatchObject({ secretVersionId: a.firstVersion });
  expect((await a.materials()).map(({ KeyMaterialDescription }) => KeyMaterialDescription)).toEqual([
    `secret-version:${a.firstVersion} secret:${other.secretArn}`,
  ]);
  expect(await other.labelledVersions()).toEqual([a.firstVersion]);
  expect(await a.decrypt(blob)).toBe('an order');
  const before = imports();
  await a.import({ secretArn: other.secretArn });
  expect(imports()).toBe(before);
});

test('other key material under the same version id is refused by KMS', async () => {
  await a.import();
  await copyVersion(a.firstVersion, randomBytes(32));
  await expect(a.import({ secretArn: other.secretArn })).rejects.toThrow(new RegExp(`other key material.*that of ${a.secretArn}`));
  expect(await a.key()).toMatchObject({ KeyState: 'Enabled' });
});

test('a named version of the other secret becomes current, and the version of the first stays in its secret', async () => {
  await a.import();
  const imported = await a.import({ secretArn: other.secretArn, versionId: other.firstVersion });
  expect(imported).toMatchObject({ secretVersionId: other.firstVersion });
  expect(await other.labelledVersions()).toEqual([other.firstVersion]);
  expect(await a.labelledVersions()).toEqual([a.firstVersion]);
});

test('a key of an earlier version of this library keeps its label and needs no other', async () => {
  const { keyId, keyMaterialId } = await a.import();
  const { CreationDate } = await a.key();
  const label = pinLabel({ keyId, keyArn: a.keyArn, createdAt: CreationDate as Date }, keyMaterialId);
  const change = { SecretId: a.secretArn };
  await world.secrets.send(new UpdateSecretVersionStageCommand({ ...change, VersionStage: label, RemoveFromVersionId: a.firstVersion }));
  const former = formerPinLabel({ keyId }, keyMaterialId);
  await world.secrets.send(new UpdateSecretVersionStageCommand({ ...change, VersionStage: former, MoveToVersionId: a.firstVersion }));
  await a.import();
  expect(await a.labels()).toEqual([former]);
});
