import {
  CreateKeyCommand, DescribeKeyCommand, DisableKeyCommand, EncryptCommand, KMSClient, ListAliasesCommand, MalformedPolicyDocumentException,
} from '@aws-sdk/client-kms';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { LocalKms } from '../../../local/kms/local-kms';
import { VirtualClock } from '../../../local/kms/model/time/clock';

const START = new Date('2026-11-01T00:00:00.000Z');

let localKms: LocalKms;
let client: KMSClient;
let kms: KmsKeyFamily;

beforeEach(async () => {
  localKms = await LocalKms.start({ clock: VirtualClock.frozenAt(START) });
  client = newClient();
  kms = new KmsKeyFamily(client);
});
afterEach(async () => localKms.stop());

function newClient(): KMSClient {
  return new KMSClient({
    endpoint: localKms.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'control', secretAccessKey: '-' },
    maxAttempts: 1,
  });
}

async function newKey(): Promise<string> {
  return (await client.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId as string;
}

async function metadataOf(keyId: string) {
  return (await client.send(new DescribeKeyCommand({ KeyId: keyId }))).KeyMetadata;
}

/** A client that returns the same response, or throws the same error, for every call. */
function responding(answer: object | Error): KmsKeyFamily {
  const answered = newClient();
  answered.middlewareStack.add(() => async () => {
    if (answer instanceof Error) throw answer;
    return { output: { $metadata: {}, ...answer } as never, response: undefined };
  }, { step: 'initialize' });
  return new KmsKeyFamily(answered);
}

describe('a key is unknown', () => {
  test('only after KMS has deleted it, and not while its deletion is pending', async () => {
    const keyId = await newKey();
    expect(await kms.isUnknownKey(keyId)).toBe(false);
    await kms.scheduleKeyDeletion(keyId, 7);
    expect(await kms.isUnknownKey(keyId)).toBe(false);
    localKms.clock.advance(8 * 24 * 3_600_000);
    expect(await kms.isUnknownKey(keyId)).toBe(true);
  });

  test('never because its tags may not be read', async () => {
    const denied = Object.assign(new Error('denied'), { name: 'AccessDeniedException', $fault: 'client', $metadata: {} });
    await expect(responding(denied).isUnknownKey('1234abcd-12ab-34cd-56ef-1234567890ab')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('deletion', () => {
  test('is scheduled once: a repeated request does not change its date', async () => {
    const keyId = await newKey();
    await kms.scheduleKeyDeletion(keyId, 30);
    await kms.scheduleKeyDeletion(keyId, 7);
    expect(await metadataOf(keyId)).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: new Date('2026-12-01T00:00:00.000Z') });
  });

  test('is cancelled and leaves the key disabled; a repeated request changes nothing', async () => {
    const keyId = await newKey();
    await kms.scheduleKeyDeletion(keyId, 7);
    await kms.cancelKeyDeletion(keyId);
    expect(await metadataOf(keyId)).toMatchObject({ KeyState: 'Disabled' });
    await kms.enableKey(keyId);
    await kms.cancelKeyDeletion(keyId);
    expect(await metadataOf(keyId)).toMatchObject({ KeyState: 'Enabled' });
  });

  test('of a key that does not exist is an error', async () => {
    await expect(kms.scheduleKeyDeletion('1234abcd-12ab-34cd-56ef-1234567890ab', 7)).rejects.toMatchObject({ name: 'KeyNotReady' });
  });
});

test('an alias can be deleted twice', async () => {
  await kms.createAlias('alias/orders', await newKey());
  await kms.deleteAlias('alias/orders');
  await kms.deleteAlias('alias/orders');
  expect((await client.send(new ListAliasesCommand({}))).Aliases?.filter(({ AliasName }) => AliasName === 'alias/orders')).toEqual([]);
});

test('a key is enabled, and its description is changed', async () => {
  const keyId = await newKey();
  await client.send(new DisableKeyCommand({ KeyId: keyId }));
  await kms.enableKey(keyId);
  await kms.updateDescription(keyId, 'orders of the shop');
  expect(await metadataOf(keyId)).toMatchObject({ KeyState: 'Enabled', Description: 'orders of the shop' });
});

describe('the last use', () => {
  test('is undefined for a key that was never used', async () => {
    expect(await kms.lastUsage(await newKey())).toBeUndefined();
  });

  test('has an operation, a time and an event id', async () => {
    const keyId = await newKey();
    localKms.clock.advance(5000);
    await client.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('order') }));
    expect(await kms.lastUsage(keyId)).toEqual({
      operation: 'Encrypt',
      at: new Date('2026-11-01T00:00:05.000Z'),
      eventId: expect.stringMatching(/./),
    });
  });

  test('of a key that was created before KMS tracked usage may be at any time before that', async () => {
    const TrackingStartDate = new Date('2026-03-01T00:00:00.000Z');
    const old = responding({ KeyLastUsage: {}, TrackingStartDate, KeyCreationDate: new Date('2020-01-01T00:00:00.000Z') });
    expect(await old.lastUsage('key-1')).toEqual({ operation: 'unknown', at: TrackingStartDate });
  });
});

describe('a policy that names a principal which KMS does not know', () => {
  const refusal = (message: string) => new MalformedPolicyDocumentException({ message, $metadata: {} });

  test.each<[string, (port: KmsKeyFamily) => Promise<unknown>]>([
    ['PutKeyPolicy', async (port) => port.putKeyPolicy('key-1', '{}')],
    ['CreateKey', async (port) => port.createKey({ origin: 'AWS_KMS', description: '', policy: '{}', tags: {} })],
  ])('may name a new principal: %s is retried', async (_, call) => {
    await expect(call(responding(refusal('Policy contains a statement with one or more invalid principals.')))).rejects.toMatchObject({
      name: 'KeyNotReady', message: expect.stringContaining('names a principal that AWS KMS does not know'),
    });
  });

  test('another malformed policy is not retried', async () => {
    const port = responding(refusal('The new key policy will not allow you to update the key policy in the future.'));
    await expect(port.putKeyPolicy('key-1', '{}')).rejects.toMatchObject({ name: 'InvalidRequest' });
  });
});
