import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand, DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { LocalSecretsManager } from '../../../local/secrets-manager/local-secrets-manager';

let local: LocalSecretsManager;
let client: SecretsManagerClient;
let name: string;
let arn: string;
let first: string;

const bytes = (text: string) => Buffer.from(text);
const connect = (accessKeyId: string, region = 'eu-central-1') =>
  new SecretsManagerClient({ endpoint: local.endpoint, region, credentials: { accessKeyId, secretAccessKey: '-' }, maxAttempts: 1 });

beforeAll(async () => { local = await LocalSecretsManager.start(); });
afterAll(async () => local.stop());
beforeEach(async () => {
  client = connect('caller');
  name = `orders/${randomUUID()}`;
  const created = await client.send(new CreateSecretCommand({ Name: name, SecretBinary: bytes('one') }));
  arn = created.ARN as string;
  first = created.VersionId as string;
});

const put = async (text: string) =>
  (await client.send(new PutSecretValueCommand({ SecretId: name, SecretBinary: bytes(text) }))).VersionId as string;
const labels = async () => (await client.send(new DescribeSecretCommand({ SecretId: name }))).VersionIdsToStages;

test('a secret has an ARN that ends in six random characters, and is found by name, by ARN, and by ARN without them', async () => {
  expect(arn).toMatch(new RegExp(`^arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}-[A-Za-z0-9]{6}$`));
  for (const SecretId of [name, arn, arn.slice(0, -7)]) {
    const { SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId }));
    expect(Buffer.from(SecretBinary as Uint8Array).toString()).toBe('one');
  }
});

test('AWSCURRENT moves to each new version, and AWSPREVIOUS follows it', async () => {
  expect(await labels()).toEqual({ [first]: ['AWSCURRENT'] });
  const second = await put('two');
  expect(await labels()).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
  const third = await put('three');
  expect(await labels()).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
});

test('a version without a staging label can be read until it is deleted', async () => {
  await put('two');
  await put('three');
  const read = async () => client.send(new GetSecretValueCommand({ SecretId: name, VersionId: first }));
  expect(Buffer.from((await read()).SecretBinary as Uint8Array).toString()).toBe('one');

  local.deleteUnlabelledVersions();

  await expect(read()).rejects.toMatchObject({
    name: 'ResourceNotFoundException', message: `Secrets Manager can't find the specified secret value for VersionId: ${first}`,
  });
});

test('the oldest versions without a staging label are deleted when a secret has more than 100 versions', async () => {
  await client.send(new UpdateSecretVersionStageCommand({ SecretId: name, VersionStage: 'kept', MoveToVersionId: first }));
  const second = await put('2');
  for (let count = 3; count <= 101; count++) await put(String(count));
  await expect(client.send(new GetSecretValueCommand({ SecretId: name, VersionId: second }))).rejects.toThrow(/can't find/);
  await expect(client.send(new GetSecretValueCommand({ SecretId: name, VersionId: first }))).resolves.toMatchObject({
    VersionStages: ['kept'],
  });
});

describe('labels', () => {
  const move = async (label: string, to?: string, from?: string) => client.send(new UpdateSecretVersionStageCommand({
    SecretId: name, VersionStage: label, MoveToVersionId: to, RemoveFromVersionId: from,
  }));

  test('a new label is attached, moved and removed', async () => {
    const second = await put('two');
    await move('pinned', first);
    await move('pinned', first);
    expect(await labels()).toMatchObject({ [first]: ['AWSPREVIOUS', 'pinned'] });
    await move('pinned', second, first);
    expect(await labels()).toMatchObject({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT', 'pinned'] });
    await move('pinned', undefined, second);
    expect(await labels()).toMatchObject({ [second]: ['AWSCURRENT'] });
  });

  test('a label is not moved from a version that the request does not name', async () => {
    const second = await put('two');
    await move('pinned', first);
    await expect(move('pinned', second)).rejects.toMatchObject({
      name: 'InvalidParameterException', message: expect.stringContaining(`is currently attached to version ${first}`),
    });
    await expect(move('pinned', second, second)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('AWSCURRENT can be moved back, which moves AWSPREVIOUS, and cannot be removed', async () => {
    const second = await put('two');
    await move('AWSCURRENT', first, second);
    expect(await labels()).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPREVIOUS'] });
    await expect(move('AWSCURRENT', undefined, first)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('a secret has at most 20 labels, counted over all versions', async () => {
    const second = await put('two');
    for (let count = 3; count <= 20; count++) await move(`label-${count}`, count % 2 === 0 ? first : second);
    for (const version of [first, second]) await expect(move('label-21', version)).rejects.toMatchObject({ name: 'LimitExceededException' });
    await move('label-3', first, second);
    await put('three');
    await move('label-3', undefined, first);
    await move('label-21', first);
  });
});

describe('a repeated call', () => {
  test('with the same token and value has no effect', async () => {
    const again = { SecretId: name, SecretBinary: bytes('two'), ClientRequestToken: randomUUID() };
    await client.send(new PutSecretValueCommand(again));
    await client.send(new PutSecretValueCommand(again));
    await client.send(new CreateSecretCommand({ Name: name, SecretBinary: bytes('one'), ClientRequestToken: first }));
    expect(Object.keys(await labels() ?? {})).toHaveLength(2);
  });

  test('with the same token and another value is rejected, because a version is immutable', async () => {
    await expect(client.send(new PutSecretValueCommand({ SecretId: name, SecretBinary: bytes('other'), ClientRequestToken: first })))
      .rejects.toMatchObject({ name: 'ResourceExistsException' });
  });
});

test.each<[string, () => Promise<unknown>, string, string | RegExp]>([
  ['a missing secret', async () => client.send(new GetSecretValueCommand({ SecretId: 'nothing' })),
    'ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret.'],
  ['a name that exists', async () => client.send(new CreateSecretCommand({ Name: name })),
    'ResourceExistsException', /^The operation failed because the secret orders\/.* already exists\.$/],
  ['a secret without a value', async () => {
    await client.send(new CreateSecretCommand({ Name: `${name}-empty` }));
    await client.send(new GetSecretValueCommand({ SecretId: `${name}-empty` }));
  }, 'ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret value for staging label: AWSCURRENT'],
  ['a secret of another account', async () => connect('999999999999').send(new DescribeSecretCommand({ SecretId: arn })),
    'ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret.'],
])('%s fails with the error of AWS', async (_, call, errorName, message) => {
  const expected: unknown = typeof message === 'string' ? message : expect.stringMatching(message);
  await expect(call()).rejects.toMatchObject({ name: errorName, message: expected });
});

test('every call is recorded, without the value of the secret', async () => {
  await client.send(new GetSecretValueCommand({ SecretId: name }));
  expect(local.calls.at(-1)).toEqual({
    operation: 'GetSecretValue', accessKey: 'caller', secretId: name, versionId: undefined, status: 'answered',
  });
  expect(JSON.stringify(local.calls)).not.toContain(bytes('one').toString('base64'));
});
