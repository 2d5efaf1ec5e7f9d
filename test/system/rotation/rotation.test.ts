import { DescribeKeyCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { AccountWorld } from './account-world';
import { familyStack, SECRET } from './family-stack';
import { ROTATION_STATES } from './stages';

const STACK = familyStack();
const IMPORTING = familyStack({ material: 'secret' });

let world: AccountWorld;
afterEach(() => world.close());

async function open(orders: number): Promise<void> {
  world = await AccountWorld.open({}, STACK, undefined, 'over HTTP');
  await world.writeOrders(orders);
}

async function openImporting(orders: number): Promise<void> {
  world = await AccountWorld.open({ material: 'secret' }, IMPORTING, undefined, 'over HTTP');
  await world.writeOrders(orders);
}

async function expectRotation(input: object = {}): Promise<void> {
  const { status, result } = await world.rotate(input);
  expect([status, result?.error, result?.cause]).toEqual(['SUCCEEDED', undefined, undefined]);
}

async function expectAllIntact(): Promise<void> {
  expect(await world.checkOrders()).toEqual(world.application.orders.map(() => 'intact'));
}

test('a rotation re-encrypts every data key under the new generation, and fences the old one', async () => {
  await open(12);
  const states: string[] = [];
  world.atEachState(async (state) => { if (!/Shard/.test(state)) states.push(state); });
  await expectRotation();
  // While consumers are watched, the checks repeat.
  expect([...new Set(states)]).toEqual(ROTATION_STATES.filter((state) => !/Shard/.test(state)));
  expect(world.passes()).toEqual([
    { mode: 're-encrypt', counts: expect.objectContaining({ scanned: 12, reEncrypted: 12, quarantined: 0, answeredCalls: 12 }) },
    { mode: 'census', counts: expect.objectContaining({ scanned: 12, alreadyCurrent: 12, underOldGeneration: 0, answeredCalls: 12 }) },
  ]);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  expect(await world.generation(1)).toMatchObject({ fencedSince: expect.any(String), emptiedSince: expect.any(String) });
  await expectAllIntact();
});

test('the alias is moved once for each rotation', async () => {
  await open(2);
  await expectRotation();
  expect(world.countCalls('UpdateAlias')).toBe(1);
  expect(await world.encryptsThroughAlias()).toBe(true);
});

test('the application writes and reads during a whole rotation', async () => {
  await open(8);
  const unreadable: string[] = [];
  world.atEachState(async (state) => {
    if (/Shard/.test(state)) return;
    await world.application.writeOrder();
    unreadable.push(...await world.unreadableOrders());
  });
  await expectRotation();
  expect(world.application.orders.length).toBeGreaterThan(25);
  expect(unreadable).toEqual([]);
  await expectAllIntact();
});

test('a second rotation empties the generation of the first, and takes the older one into account', async () => {
  await open(6);
  await expectRotation();
  await world.writeOrders(6);
  await expectRotation({ toGeneration: 3 });
  await expectAllIntact();
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled fenced', '3 Enabled current']);
});

test('a repeated request for a rotation that is done does nothing', async () => {
  await open(2);
  await expectRotation();
  const calls = world.countCalls('CreateKey');
  const states: string[] = [];
  world.atEachState(async (state) => { states.push(state); });
  await expectRotation({ toGeneration: 2 });
  expect(states.at(-1)).toBe('NothingToDo');
  expect(world.countCalls('CreateKey')).toBe(calls);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
});

test('a fenced generation denies encryption and allows decryption', async () => {
  await open(2);
  world.stopAtState('BeginPass');
  expect((await world.rotate()).status).toBe('ABORTED');
  const old = await world.generation(1);
  expect(old).toMatchObject({ keyState: 'Enabled', phase: 'fenced', fencedSince: expect.any(String) });
  await expect(world.kms.send(new EncryptCommand({ KeyId: old.keyId, Plaintext: Buffer.from('new') }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  expect(await world.unreadableOrders()).toEqual([]);
});

test('the worker calls ReEncrypt only, and never Decrypt', async () => {
  await open(4);
  await expectRotation();
  const { account } = world;
  const worker = account.accessKeyOf(account.functionByAsset('worker').roleArn);
  const operations = new Set(
    account.laptop.kms.audit.records.filter(({ accessKey }) => accessKey === worker).map(({ operation }) => operation),
  );
  expect([...operations]).toEqual(['ReEncrypt']);
});

test('the key material of a new generation comes from the secret, and the key has a tag with the secret version', async () => {
  await openImporting(4);
  await world.putNewKeyMaterial();
  await expectRotation();
  await expectAllIntact();
  const { current: { keyId, materialVersion } } = await world.readFamily();
  expect(materialVersion).toMatch(/^[0-9a-f-]{36}$/);
  expect(materialVersion).not.toBe((await world.generation(1)).materialVersion);
  const { KeyMetadata } = await world.kms.send(new DescribeKeyCommand({ KeyId: keyId }));
  expect(KeyMetadata).toMatchObject({ Origin: 'EXTERNAL', KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
});

test('key material that is already in use is refused, also under another secret version, until there is new key material', async () => {
  await openImporting(2);
  const { result } = await world.rotate();
  expect(result).toMatchObject({ error: 'KeyMaterialDue', cause: expect.stringMatching(/put new key material/) });
  // The same key material under a new version: a secret that is "rotated" without new key material.
  const secrets = world.account.laptop.secretsClient('deployment');
  const { SecretBinary } = await secrets.send(new GetSecretValueCommand({ SecretId: SECRET }));
  await secrets.send(new PutSecretValueCommand({ SecretId: SECRET, SecretBinary }));
  expect((await world.rotate()).result?.error).toBe('KeyMaterialDue');
  expect(await world.generations()).toEqual(['1 Enabled current']);
  await world.putNewKeyMaterial();
  await expectRotation();
  await expectAllIntact();
});

test('the schedule rotates and retires, again and again', async () => {
  await open(4);
  await world.live(115, () => world.application.writeOrder());
  expect(await world.generations()).toEqual(['2 Enabled current']);
  await expectAllIntact();
  expect(world.certificates()).toHaveLength(1);
});
