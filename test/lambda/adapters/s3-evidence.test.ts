import { PutObjectCommand, S3ServiceException, type S3Client } from '@aws-sdk/client-s3';
import { evidenceClient, S3Evidence } from '../../../lambda/adapters/s3-evidence';
import { LocalS3 } from '../../../local/s3/local-s3';

const IDENTITY = { region: 'eu-central-1', credentials: { accessKeyId: 'worker', secretAccessKey: '-' } };

let s3: LocalS3;
let client: S3Client;
let evidence: S3Evidence;

beforeEach(async () => {
  s3 = await LocalS3.start({ buckets: ['evidence'] });
  client = evidenceClient({ endpoint: s3.endpoint, ...IDENTITY });
  evidence = new S3Evidence(client, 'evidence');
});

afterEach(async () => {
  client.destroy();
  await s3.stop();
});

/** Makes the next attempts to write fail, and counts all attempts. */
function failing(errorName: string, httpStatusCode: number, times: number): { attempts: () => number } {
  let attempts = 0;
  client.middlewareStack.add((next, { commandName }) => async (args) => {
    if (commandName !== PutObjectCommand.name || ++attempts > times) return next(args);
    throw new S3ServiceException({ name: errorName, $fault: 'client', message: 'not now', $metadata: { httpStatusCode } });
  }, { step: 'finalizeRequest', priority: 'high' });
  return { attempts: () => attempts };
}

test('an object is read as it was written, and is stored as JSON', async () => {
  const content = { counts: { scanned: 3 }, locator: '{"id":{"S":"ünïcödé"}}' };
  expect(await evidence.writeOnce('runs/one/000000.counts.json', content)).toBe('written');
  expect(await evidence.read('runs/one/000000.counts.json')).toEqual(content);
  expect(s3.readJson('evidence', 'runs/one/000000.counts.json')).toEqual(content);
});

test('a second write of an object changes nothing and returns `exists`', async () => {
  await evidence.writeOnce('key', { attempt: 'first' });
  expect(await evidence.writeOnce('key', { attempt: 'second' })).toBe('exists');
  expect(await evidence.read('key')).toEqual({ attempt: 'first' });
});

test('one of many concurrent writers writes the object, and all of them read that one', async () => {
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, writer) => evidence.writeOnce('key', { writer })));
  expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
  expect(await evidence.read('key')).toEqual({ writer: outcomes.indexOf('written') });
});

test('a write that conflicts with another write is retried', async () => {
  const conflict = failing('ConditionalRequestConflict', 409, 2);
  expect(await evidence.writeOnce('key', { attempt: 'first' })).toBe('written');
  expect(conflict.attempts()).toBe(3);
  expect(await evidence.writeOnce('key', { attempt: 'second' })).toBe('exists');
});

test('a conflict that does not end is reported as Throttled', async () => {
  failing('ConditionalRequestConflict', 409, Infinity);
  await expect(evidence.writeOnce('key', {})).rejects.toMatchObject({
    name: 'Throttled',
    message: expect.stringContaining('bucket evidence: Amazon S3 refused'),
  });
});

test('a SlowDown error is retried', async () => {
  const slow = failing('SlowDown', 503, 3);
  expect(await evidence.writeOnce('key', {})).toBe('written');
  expect(slow.attempts()).toBe(4);
});

test('a missing object is undefined, and a missing prefix has no keys', async () => {
  expect(await evidence.read('nothing')).toBeUndefined();
  expect(await evidence.list('nothing/')).toEqual([]);
});

test('a list contains every key below the prefix, in order, from all pages', async () => {
  const keys = Array.from({ length: 1_050 }, (_, n) => `runs/one/${String(n).padStart(6, '0')}`);
  await Promise.all([...keys, 'runs/onesie', 'runs/on'].map((key) => evidence.writeOnce(key, {})));
  expect(await evidence.list('runs/one/')).toEqual(keys);
  expect(await evidence.list('')).toEqual(['runs/on', ...keys, 'runs/onesie']);
});

test.each<[string, (missing: S3Evidence) => Promise<unknown>]>([
  ['writing', (missing) => missing.writeOnce('key', {})],
  ['reading', (missing) => missing.read('key')],
  ['listing', (missing) => missing.list('')],
])('the error of %s names a missing bucket', async (_, call) => {
  await expect(call(new S3Evidence(client, 'deleted'))).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringMatching(/^bucket deleted: Amazon S3 refused, got NoSuchBucket .*; restore the evidence bucket/),
  });
});

test('the client uses the endpoint in AWS_ENDPOINT_URL_S3', async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'worker',
    AWS_SECRET_ACCESS_KEY: '-',
  });
  const plain = evidenceClient();
  try {
    expect(await new S3Evidence(plain, 'evidence').writeOnce('key', {})).toBe('written');
    expect([...s3.objects('evidence').keys()]).toEqual(['key']);
  } finally {
    process.env = before;
    plain.destroy();
  }
});
