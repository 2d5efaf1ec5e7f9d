import type { Bucket, StoredObject } from './bucket';
import { badContinuationToken, badMaxKeys, notImplemented } from './errors';
import type { S3Reply } from './wire';
import { document } from './xml';

const MAX_KEYS = 1_000;

const PARAMETERS = ['list-type', 'prefix', 'max-keys', 'continuation-token', 'start-after', 'encoding-type', 'fetch-owner', 'x-id'];

/** ListObjectsV2: at most 1,000 keys, sorted, and a token for the next page. */
export function listObjects(name: string, bucket: Bucket, query: URLSearchParams): S3Reply {
  const unknown = [...query.keys()].find((parameter) => !PARAMETERS.includes(parameter));
  if (unknown !== undefined) throw notImplemented(`GET of a bucket with ${unknown}`);
  if (query.get('list-type') !== '2') throw notImplemented('GET of a bucket other than ListObjectsV2');
  const [prefix, token] = [query.get('prefix') ?? '', query.get('continuation-token') ?? undefined];
  const maxKeys = maxKeysOf(query.get('max-keys'));
  const { keys, lastKey } = bucket.page(prefix, token === undefined ? query.get('start-after') ?? undefined : readToken(token), maxKeys);
  const encoding = query.get('encoding-type') ?? undefined;
  const encode = (text: string) => (encoding === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text);
  const body = document('ListBucketResult', {
    Name: name,
    Prefix: encode(prefix),
    EncodingType: encoding,
    ContinuationToken: token,
    NextContinuationToken: lastKey === undefined ? undefined : Buffer.from(lastKey).toString('base64'),
    KeyCount: keys.length,
    MaxKeys: maxKeys,
    IsTruncated: lastKey !== undefined,
    Contents: keys.map((key) => {
      const { etag, body: { length }, lastModified } = bucket.objects.get(key) as StoredObject;
      return { Key: encode(key), LastModified: lastModified.toISOString(), ETag: etag, Size: length, StorageClass: 'STANDARD' };
    }),
  });
  return { httpStatus: 200, headers: { 'Content-Type': 'application/xml' }, body };
}

function maxKeysOf(given: string | null): number {
  if (given === null) return MAX_KEYS;
  if (!/^\d{1,9}$/.test(given)) throw badMaxKeys(given);
  return Math.min(Number(given), MAX_KEYS);
}

function readToken(token: string): string {
  const key = Buffer.from(token, 'base64');
  if (key.toString('base64') !== token) throw badContinuationToken();
  return key.toString();
}
