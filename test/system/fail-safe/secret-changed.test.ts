import { randomBytes } from 'node:crypto';
import { ListKeyRotationsCommand } from '@aws-sdk/client-kms';
import { CreateSecretCommand, DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { AccountWorld } from '../rotation/account-world';
import { familyStack, SECRET } from '../rotation/family-stack';
import { expectAllIntact, expectRotation } from '../rotation/stages';

/** The construct declares another secret, at every point of an import. */
const OTHER = 'orders/other-key-material';
const STACK = familyStack({ material: 'secret' });
const CHANGED = familyStack({ material: 'secret', secretName: OTHER });

let world: AccountWorld;
let otherArn: string;
beforeEach(async () => {
  world = await AccountWorld.open({ material: 'secret' }, STACK);
  await world.writeOrders(4);
  const { ARN } = await secrets().send(new CreateSecretCommand({ Name: OTHER, SecretBinary: randomBytes(32) }));
  otherArn = ARN as string;
});
afterEach(() => world.close());

const secrets = () => world.account.laptop.secretsClient('deployment');

/** Interrupts an import: the call is denied until the returned function is called. */
function interruptAt(operation: string): () => void {
  const { call } = world.interceptors;
  world.interceptors.call = async (outgoing, proceed) => {
    if (outgoing.operation !== operation) return call(outgoing, proceed);
    throw Object.assign(new Error('denied'), { name: 'AccessDeniedException', $fault: 'client', $metadata: {} });
  };
  return () => { world.interceptors.call = call; };
}

async function descriptionOf(generation: number): Promise<string | undefined> {
  const { keyId } = await world.generation(generation);
  const { Rotations } = await world.kms.send(new ListKeyRotationsCommand({ KeyId: keyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }));
  return Rotations?.[0]?.KeyMaterialDescription;
}

async function arnOf(name: string): Promise<string> {
  return (await secrets().send(new DescribeSecretCommand({ SecretId: name }))).ARN as string;
}

/** Imports the key material of generation 2 from the first secret, and stops before its version is labelled. */
async function importHalf(): Promise<string> {
  await world.putNewKeyMaterial();
  const go = interruptAt('UpdateSecretVersionStage');
  expect((await world.rotate()).status).toBe('FAILED');
  go();
  expect(await world.generations()).toEqual(['1 Enabled current', '2 Enabled next']);
  const version = /secret-version:(\S+)/.exec(await descriptionOf(2) ?? '')?.[1];
  return version as string;
}

test('a new generation takes the key material of the other secret, and its version is recorded with the secret', async () => {
  await world.account.deploy(CHANGED);
  await expectRotation(world);
  expect(await descriptionOf(1)).toMatch(new RegExp(` secret:${await arnOf(SECRET)}$`));
  expect(await descriptionOf(2)).toMatch(new RegExp(` secret:${otherArn}$`));
  await expectAllIntact(world);
});

test('a generation without key material takes that of the other secret', async () => {
  await world.putNewKeyMaterial();
  const go = interruptAt('ImportKeyMaterial');
  expect((await world.rotate()).status).toBe('FAILED');
  go();
  await world.account.deploy(CHANGED);
  await expectRotation(world);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  expect(await descriptionOf(2)).toMatch(new RegExp(` secret:${otherArn}$`));
  await expectAllIntact(world);
});

test('a generation with half an import is refused with both secrets, and continues when the first one is declared again', async () => {
  const version = await importHalf();
  await world.account.deploy(CHANGED);
  const { result } = await world.rotate();
  expect(result).toMatchObject({
    error: 'InvalidRequest',
    cause: expect.stringMatching(`version ${version} of ${await arnOf(SECRET)}; declared is ${otherArn}.*declare ${await arnOf(SECRET)} again`),
  });
  expect(await world.generations()).toEqual(['1 Enabled current', '2 Enabled next']);
  expect(await world.encryptsThroughAlias()).toBe(true);

  await world.account.deploy(STACK);
  await expectRotation(world);
  expect(await descriptionOf(2)).toMatch(version);
  await world.account.deploy(CHANGED);
  await expectRotation(world, { toGeneration: 3 });
  await expectAllIntact(world);
});

test('a generation with half an import continues with a copy of its version in the other secret', async () => {
  const version = await importHalf();
  const { SecretBinary } = await secrets().send(new GetSecretValueCommand({ SecretId: SECRET, VersionId: version }));
  await secrets().send(new PutSecretValueCommand({ SecretId: OTHER, SecretBinary, ClientRequestToken: version, VersionStages: ['copied'] }));
  await world.account.deploy(CHANGED);
  await expectRotation(world);
  expect(await descriptionOf(2)).toBe(`secret-version:${version} secret:${otherArn}`);
  await expectAllIntact(world);
});
