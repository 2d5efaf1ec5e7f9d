import { sdkError, type SdkPackage } from './sdk/sdk-error';
import { internalError, noSuchBucket, noSuchKey, notImplemented, S3Error } from '../s3/errors';
import type { LocalS3 } from '../s3/local-s3';

interface PutObject {
  readonly Bucket: string;
  readonly Key: string;
  readonly Body: string | Uint8Array;
  readonly ContentType?: string;
  readonly IfNoneMatch?: string;
}

interface ListObjects {
  readonly Bucket: string;
  readonly Prefix?: string;
  readonly ContinuationToken?: string;
  readonly MaxKeys?: number;
}

const MAX_KEYS = 1_000;

/** Performs the operations of Amazon S3 that evidence needs, on the buckets of this process. */
export function s3Objects(s3: LocalS3, now: () => Date, sdk: SdkPackage) {
  const bucketOf = (name: string) => {
    const bucket = s3.bucket(name);
    if (bucket === undefined) throw noSuchBucket(name);
    return bucket;
  };
  const operations: { readonly [operation: string]: (input: never) => object } = {
    PutObject: ({ Bucket, Key, Body, ContentType: contentType = 'application/octet-stream', IfNoneMatch }: PutObject) => {
      const object = { body: Buffer.from(Body as string), contentType, now: now(), onlyIfNew: IfNoneMatch === '*' };
      return { ETag: bucketOf(Bucket).put(Key, object).etag };
    },
    GetObject: ({ Bucket, Key }: PutObject) => {
      const object = bucketOf(Bucket).objects.get(Key);
      if (object === undefined) throw noSuchKey(Key);
      return { ETag: object.etag, Body: { transformToString: async () => object.body.toString('utf8') } };
    },
    ListObjectsV2: ({ Bucket, Prefix = '', ContinuationToken, MaxKeys = MAX_KEYS }: ListObjects) => {
      const { keys, lastKey } = bucketOf(Bucket).page(Prefix, ContinuationToken, MaxKeys);
      return { Contents: keys.map((Key) => ({ Key })), IsTruncated: lastKey !== undefined, NextContinuationToken: lastKey };
    },
  };
  return async (operation: string, input: object): Promise<object> => {
    try {
      const perform = operations[operation];
      if (perform === undefined) throw notImplemented(operation);
      return { $metadata: { httpStatusCode: 200 }, ...perform(input as never) };
    } catch (thrown) {
      const { code, message, httpStatus } = thrown instanceof S3Error ? thrown : internalError();
      throw sdkError(sdk, code, message, httpStatus);
    }
  };
}
