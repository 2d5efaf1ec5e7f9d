import {
  CreateAliasCommand, CreateKeyCommand, DecryptCommand, DescribeKeyCommand, EncryptCommand, GetKeyLastUsageCommand, paginateListKeys,
  ReEncryptCommand, ScheduleKeyDeletionCommand, type KMSClient,
} from '@aws-sdk/client-kms';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand, DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Attempt, AttemptFault } from '../../../local/in-process/in-process-client';
import { VirtualClock } from '../../../local/kms/model/time/clock';
import { Laptop } from '../../../local/laptop';

/** What a call returned, without what differs from call to call: random ids, blobs, and how it was transported. */
interface Result {
  readonly [member: string]: unknown;
}

const RANDOM = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}|-[A-Za-z0-9]{6}$/g;

function withoutRandomness(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(RANDOM, '<random>');
  if (value instanceof Uint8Array) return `${value.constructor.name} of ${value.length} bytes`;
  if (value instanceof Date || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withoutRandomness);
  const members = Object.entries(value).filter(([name, each]) => name !== '$metadata' && each !== undefined);
  return Object.fromEntries(members.map(([name, each]) => [String(withoutRandomness(name)), withoutRandomness(each)]));
}

async function resultOf(call: Promise<object>): Promise<Result> {
  try {
    return withoutRandomness(await call) as Result;
  } catch (error) {
    const { name, message, $fault, $metadata, constructor } = error as Error & { $fault?: string; $metadata: { httpStatusCode?: number } };
    return { class: constructor.name, name, message: withoutRandomness(message), $fault, status: $metadata.httpStatusCode };
  }
}

let laptop: Laptop;

const open = async (faults?: (attempt: Attempt) => AttemptFault | undefined) => {
  laptop = await Laptop.open({
    seed: 1, faults: [], clock: VirtualClock.frozenAt(new Date('2026-01-15T06:00:00Z')), inProcess: faults && { faults },
  });
};
afterEach(() => laptop.close());

/** Runs the same calls with clients over HTTP and in this process. */
async function bothWays(calls: () => Promise<Result[]>): Promise<[Result[], Result[]]> {
  await open();
  const overHttp = await calls();
  await laptop.close();
  await open(() => undefined);
  return [overHttp, await calls()];
}

async function kmsCalls(kms: KMSClient): Promise<Result[]> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: undefined, Tags: [{ TagKey: 'a', TagValue: 'b' }] }));
  const KeyId = KeyMetadata?.KeyId as string;
  const EncryptionContext = { tenant: 'acme' };
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('text'), EncryptionContext }));
  const keyIds: unknown[] = [];
  for await (const page of paginateListKeys({ client: kms, pageSize: 1 }, {})) keyIds.push(page.Keys?.length);
  return [
    { keyIds },
    await resultOf(kms.send(new DescribeKeyCommand({ KeyId }))),
    await resultOf(kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))),
    await resultOf(kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { tenant: 'other' } }))),
    await resultOf(kms.send(new ReEncryptCommand({ CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: KeyId }))),
    await resultOf(kms.send(new GetKeyLastUsageCommand({ KeyId }))),
    await resultOf(kms.send(new CreateAliasCommand({ AliasName: 'orders', TargetKeyId: KeyId }))),
    await resultOf(kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))),
    await resultOf(kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('text') }))),
    await resultOf(kms.send(new DescribeKeyCommand({ KeyId: 'alias/none' }))),
  ];
}

async function secretCalls(secrets: SecretsManagerClient): Promise<Result[]> {
  return [
    await resultOf(secrets.send(new CreateSecretCommand({ Name: 'material', SecretBinary: Buffer.alloc(32, 7) }))),
    await resultOf(secrets.send(new PutSecretValueCommand({ SecretId: 'material', SecretString: 'text' }))),
    await resultOf(secrets.send(new GetSecretValueCommand({ SecretId: 'material' }))),
    await resultOf(secrets.send(new GetSecretValueCommand({ SecretId: 'material', VersionStage: 'AWSPREVIOUS' }))),
    await resultOf(secrets.send(new DescribeSecretCommand({ SecretId: 'material' }))),
    await resultOf(secrets.send(new GetSecretValueCommand({ SecretId: 'other' }))),
  ];
}

async function s3Calls(s3: S3Client): Promise<Result[]> {
  laptop.s3.createBucket('evidence');
  const Bucket = 'evidence';
  const text = async (Key: string) => resultOf(
    s3.send(new GetObjectCommand({ Bucket, Key })).then(async ({ Body }) => ({ text: await Body?.transformToString() })));
  const keys = async (Prefix: string) => resultOf(
    s3.send(new ListObjectsV2Command({ Bucket, Prefix })).then(({ Contents }) => ({ keys: Contents?.map(({ Key }) => Key) })));
  return [
    await resultOf(s3.send(new PutObjectCommand({ Bucket, Key: 'a/1', Body: '{}', IfNoneMatch: '*' })).then(({ ETag }) => ({ ETag }))),
    await resultOf(s3.send(new PutObjectCommand({ Bucket, Key: 'a/1', Body: '{}', IfNoneMatch: '*' }))),
    await text('a/1'),
    await text('a/2'),
    await keys('a/'),
    await resultOf(s3.send(new PutObjectCommand({ Bucket: 'other', Key: 'a', Body: 'x' }))),
  ];
}

describe('a call in this process returns what the SDK returns for a call over HTTP', () => {
  test('AWS KMS', async () => {
    const [overHttp, inProcess] = await bothWays(() => kmsCalls(laptop.kmsClient('caller', 1)));
    expect(inProcess).toEqual(overHttp);
    expect(overHttp.map(({ name }) => name).filter((name) => name !== undefined)).toEqual([
      'InvalidCiphertextException', 'ValidationException', 'KMSInvalidStateException', 'NotFoundException',
    ]);
  });

  test('AWS Secrets Manager', async () => {
    const [overHttp, inProcess] = await bothWays(() => secretCalls(laptop.secretsClient('caller')));
    expect(inProcess).toEqual(overHttp);
    expect(overHttp.at(-1)).toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('Amazon S3', async () => {
    const [overHttp, inProcess] = await bothWays(() => s3Calls(laptop.s3Client('caller')));
    expect(inProcess).toEqual(overHttp);
    expect(overHttp.flatMap(({ name }) => name ?? [])).toEqual(['PreconditionFailed', 'NoSuchKey', 'NoSuchBucket']);
  });
});

describe('faults', () => {
  test.each(['throttle', 'internalError'] as const)('%s: the call is repeated, and takes effect once', async (fault) => {
    let left = 20;
    await open(() => (left-- > 0 ? fault : undefined));
    await laptop.kmsClient('caller', 1).send(new CreateKeyCommand({}));
    expect(laptop.kms.audit.count({ operation: 'CreateKey' })).toBe(1);
  });

  test('a call whose answer is lost took effect, and is repeated', async () => {
    let left = 1;
    await open(() => (left-- > 0 ? 'answerLost' : undefined));
    await laptop.kmsClient('caller', 1).send(new CreateKeyCommand({}));
    expect(laptop.kms.audit.count({ operation: 'CreateKey' })).toBe(2);
  });

  test('an outage ends in the error of the SDK, as it does after all retries', async () => {
    await open(({ service }) => (service === 'kms' ? 'throttle' : undefined));
    await expect(laptop.kmsClient('caller', 1).send(new CreateKeyCommand({}))).rejects.toMatchObject({
      name: 'ThrottlingException', $fault: 'client', $metadata: { httpStatusCode: 400 },
    });
  });

  test('an error of the caller is not retried', async () => {
    await open(() => undefined);
    await expect(laptop.kmsClient('caller', 1).send(new DescribeKeyCommand({ KeyId: 'alias/none' }))).rejects.toThrow('not found');
    expect(laptop.kms.audit.count({ operation: 'DescribeKey' })).toBe(1);
  });
});
