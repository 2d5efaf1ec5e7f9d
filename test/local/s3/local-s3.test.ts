import {
  DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, paginateListObjectsV2, PutObjectCommand, S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { VirtualClock } from '../../../local/kms/model/time/clock';
import { LocalS3 } from '../../../local/s3/local-s3';

const NOON = new Date('2026-11-01T12:00:00.000Z');

let s3: LocalS3;
let client: S3Client;

const connect = (configuration: S3ClientConfig = {}) => new S3Client({
  endpoint: s3.endpoint,
  forcePathStyle: true,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
  ...configuration,
});

beforeEach(async () => {
  s3 = await LocalS3.start({ buckets: ['one', 'two'], clock: VirtualClock.frozenAt(NOON) });
  client = connect();
});

afterEach(async () => {
  client.destroy();
  await s3.stop();
});

const put = (Key: string, Body: string, more: object = {}) => client.send(new PutObjectCommand({ Bucket: 'one', Key, Body, ...more }));
const get = async (Key: string, Bucket = 'one') => (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

const ODD_KEYS = [
  'plain',
  'a/b/c.json',
  'with space',
  'plus+plus',
  'per%cent',
  '100%25',
  'quest?ion',
  'ha#sh',
  '<&">',
  'ünïcödé/日本',
  '../up',
  'a//b',
  'co:lon',
];

test.each(ODD_KEYS)('put, get, head and list use the same key: %s', async (key) => {
  const body = `content of ${key}`;
  const { ETag } = await put(key, body, { ContentType: 'text/plain' });
  expect(await get(key)).toBe(body);
  const head = await client.send(new HeadObjectCommand({ Bucket: 'one', Key: key }));
  expect(head).toMatchObject({ ETag, ContentLength: Buffer.byteLength(body), ContentType: 'text/plain', LastModified: NOON });
  for (const EncodingType of [undefined, 'url'] as const) {
    const { Contents, KeyCount } = await client.send(new ListObjectsV2Command({ Bucket: 'one', EncodingType }));
    expect(KeyCount).toBe(1);
    expect(Contents).toEqual([{
      Key: EncodingType === 'url' ? encodeURIComponent(key).replaceAll('%2F', '/') : key,
      ETag,
      Size: Buffer.byteLength(body),
      LastModified: NOON,
      StorageClass: 'STANDARD',
    }]);
  }
  expect([...s3.objects('one').keys()]).toEqual([key]);
});

test('a put replaces an object, unless If-None-Match is *', async () => {
  await put('key', 'first', { IfNoneMatch: '*' });
  await expect(put('key', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
    message: 'At least one of the pre-conditions you specified did not hold',
    $metadata: { httpStatusCode: 412 },
  });
  expect(await get('key')).toBe('first');
  await put('key', 'third');
  expect(await get('key')).toBe('third');
});

test('of simultaneous puts with If-None-Match one succeeds, and its content is stored', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => put('key', `${n}`, { IfNoneMatch: '*' })));
  const winners = outcomes.flatMap(({ status }, n) => (status === 'fulfilled' ? [`${n}`] : []));
  expect(winners).toEqual([await get('key')]);
});

test('a list has the keys with a prefix, in the order of their bytes, in pages', async () => {
  const keys = Array.from({ length: 25 }, (_, n) => `in/${String(n).padStart(2, '0')}`);
  await Promise.all([...keys, 'in', 'in0', 'out/1', 'in/\u{1F600}', 'in/\uFF5E'].map((key) => put(key, 'x')));
  const pages: number[] = [];
  const found: (string | undefined)[] = [];
  for await (const page of paginateListObjectsV2({ client, pageSize: 10 }, { Bucket: 'one', Prefix: 'in/' })) {
    pages.push(page.KeyCount as number);
    found.push(...(page.Contents ?? []).map(({ Key }) => Key));
  }
  // As UTF-8 the tilde comes first, as UTF-16 it would come last.
  expect(found).toEqual([...keys, 'in/\uFF5E', 'in/\u{1F600}']);
  expect(pages).toEqual([10, 10, 7]);
  const after = await client.send(new ListObjectsV2Command({ Bucket: 'one', Prefix: 'in/', StartAfter: 'in/23' }));
  expect(after.Contents?.map(({ Key }) => Key)).toEqual(['in/24', 'in/\uFF5E', 'in/\u{1F600}']);
});

test('a bucket is deleted only if it is empty', async () => {
  await put('key', '{"in":"one"}');
  expect(() => s3.deleteBucket('one')).toThrow('BucketNotEmpty');
  s3.deleteBucket('two');
  expect([s3.bucket('one') === undefined, s3.bucket('two') === undefined]).toEqual([false, true]);
});

test('a bucket has only its own objects', async () => {
  await put('key', '{"in":"one"}');
  await expect(get('key', 'two')).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(s3.readJson('one', 'key')).toEqual({ in: 'one' });
  expect(s3.readJson('two', 'key')).toBeUndefined();
  expect(s3.objects('two').size).toBe(0);
});

test.each<[string, () => Promise<unknown>, object]>([
  [
    'a get of a missing object',
    () => get('nothing'),
    { name: 'NoSuchKey', message: 'The specified key does not exist.', $metadata: { httpStatusCode: 404 } },
  ],
  ['a get from a missing bucket', () => get('key', 'three'), { name: 'NoSuchBucket', message: 'The specified bucket does not exist' }],
  ['a head of a missing object', () => client.send(new HeadObjectCommand({ Bucket: 'one', Key: 'nothing' })), { name: 'NotFound' }],
  ['a key of 1025 bytes', () => put('k'.repeat(1025), 'x'), { name: 'KeyTooLongError' }],
  [
    'an invalid continuation token',
    () => client.send(new ListObjectsV2Command({ Bucket: 'one', ContinuationToken: '!' })),
    { name: 'InvalidArgument', message: 'The continuation token provided is incorrect' },
  ],
])('%s fails with the error of Amazon S3', async (_, call, expected) => {
  await expect(call()).rejects.toMatchObject(expected);
});

test.each<[string, () => Promise<unknown>, string]>([
  [
    'a delete',
    () => client.send(new DeleteObjectCommand({ Bucket: 'one', Key: 'key' })),
    'DELETE of an object is not implemented in the local S3.',
  ],
  [
    'a range',
    () => client.send(new GetObjectCommand({ Bucket: 'one', Key: 'key', Range: 'bytes=0-1' })),
    'The header range is not implemented in the local S3.',
  ],
  [
    'another condition',
    () => put('key', 'x', { IfNoneMatch: '"etag"' }),
    'If-None-Match with a value other than * is not implemented in the local S3.',
  ],
  [
    'a delimiter',
    () => client.send(new ListObjectsV2Command({ Bucket: 'one', Delimiter: '/' })),
    'GET of a bucket with delimiter is not implemented in the local S3.',
  ],
])('%s is rejected and has no effect', async (_, call, message) => {
  await expect(call()).rejects.toMatchObject({ name: 'NotImplemented', message });
  expect(s3.objects('one').size).toBe(0);
});

test('a body in aws-chunked encoding is rejected and not stored', async () => {
  const response = await fetch(
    `${s3.endpoint}/one/key`, { method: 'PUT', headers: { 'content-encoding': 'aws-chunked' }, body: '4\r\ntext\r\n0\r\n\r\n' });
  expect(response.status).toBe(501);
  expect(await response.text()).toContain('aws-chunked encoding (send bytes or text instead of a stream)');
  expect(s3.objects('one').size).toBe(0);
});

test('a large body is stored as a whole', async () => {
  const body = 'x'.repeat(5 * 1024 * 1024);
  await put('large', body);
  expect(s3.objects('one').get('large')?.length).toBe(body.length);
});
