import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Bucket, StoredObject } from './bucket';
import { accessDenied, internalError, keyTooLong, noSuchBucket, noSuchKey, notImplemented, S3Error } from './errors';
import { listObjects } from './list-objects';
import type { S3Reply, S3Request } from './wire';
import { errorDocument } from './xml';
import type { Authorize } from '../iam/authorization';
import { accessKeyOf, s3Request } from '../iam/requests';

const MAX_KEY_BYTES = 1024;

/** Headers that change the effect of a request and are not implemented here. Checksums and metadata change nothing. */
const UNSUPPORTED_HEADERS = [
  'if-match', 'if-modified-since', 'if-unmodified-since', 'range', 'x-amz-copy-source', 'x-amz-write-offset-bytes',
];

/** Performs the requests of Amazon S3. The path of a request contains bucket and key. */
export class S3Service {
  public constructor(
    private readonly buckets: ReadonlyMap<string, Bucket>, private readonly now: () => Date, private readonly authorize: Authorize,
  ) {}

  public async reply(request: S3Request): Promise<S3Reply> {
    const requestId = randomUUID();
    const reply = await this.perform(request, requestId);
    return { ...reply, headers: { ...reply.headers, 'x-amz-request-id': requestId, 'x-amz-id-2': 'local' } };
  }

  private async perform(request: S3Request, requestId: string): Promise<S3Reply> {
    try {
      return await this.answer(request);
    } catch (thrown) {
      const error = thrown instanceof S3Error ? thrown : internalError();
      // The response to HEAD has no body, not even for an error.
      const body = request.method === 'HEAD' ? '' : errorDocument(error, requestId);
      return { httpStatus: error.httpStatus, headers: { 'Content-Type': 'application/xml' }, body };
    }
  }

  private async answer(request: S3Request): Promise<S3Reply> {
    rejectUnsupportedHeaders(request.headers);
    // Not parsed as a URL: in a key `..` is an ordinary name.
    const [path = '', search] = request.url.split('?');
    const query = new URLSearchParams(search);
    const [, name = '', ...rest] = path.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw noSuchBucket(name);
    await this.requirePermission(request, name, key);
    if (key === '' && request.method === 'GET') return listObjects(name, bucket, query);
    const unknown = [...query.keys()].find((parameter) => parameter !== 'x-id');
    if (key === '' || unknown !== undefined) {
      throw notImplemented(`${request.method} of ${key === '' ? 'a bucket' : 'an object'} ${unknown ?? ''}`.trim());
    }
    switch (request.method) {
      case 'PUT': return this.put(bucket, key, request);
      case 'GET': return describe(await this.find(bucket, name, key, request));
      case 'HEAD': return { ...describe(await this.find(bucket, name, key, request)), body: '' };
      default: throw notImplemented(`${request.method} of an object`);
    }
  }

  private async requirePermission({ method, headers }: S3Request, bucket: string, key: string): Promise<void> {
    const denial = await this.authorize(s3Request(accessKeyOf(headers.authorization), method, bucket, key));
    if (denial !== undefined) throw accessDenied(denial);
  }

  /** A caller without s3:ListBucket does not learn whether an object exists: a missing one is denied, too. */
  private async find(bucket: Bucket, name: string, key: string, { headers }: S3Request): Promise<StoredObject> {
    const object = bucket.objects.get(key);
    if (object !== undefined) return object;
    const denial = await this.authorize(s3Request(accessKeyOf(headers.authorization), 'GET', name, ''));
    throw denial === undefined ? noSuchKey(key) : accessDenied(denial);
  }

  private put(bucket: Bucket, key: string, { headers, body }: S3Request): S3Reply {
    const condition = headers['if-none-match'];
    if (condition !== undefined && condition !== '*') throw notImplemented('If-None-Match with a value other than *');
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw keyTooLong();
    const contentType = headers['content-type'] ?? 'application/octet-stream';
    const { etag } = bucket.put(key, { body, contentType, now: this.now(), onlyIfNew: condition === '*' });
    return { httpStatus: 200, headers: { ETag: etag }, body: '' };
  }
}

/** Throws for headers that are not implemented. A body in aws-chunked encoding would be stored with its signatures. */
function rejectUnsupportedHeaders(headers: IncomingHttpHeaders): void {
  const streaming = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  if (streaming || String(headers['content-encoding'] ?? '').includes('aws-chunked')) {
    throw notImplemented('A body in aws-chunked encoding (send bytes or text instead of a stream)');
  }
  const header = UNSUPPORTED_HEADERS.find((name) => headers[name] !== undefined);
  if (header !== undefined) throw notImplemented(`The header ${header}`);
}

function describe({ body, contentType, etag, lastModified }: StoredObject): S3Reply {
  return {
    httpStatus: 200,
    headers: {
      'Content-Type': contentType,
      'Content-Length': body.length,
      'ETag': etag,
      'Last-Modified': lastModified.toUTCString(),
      'Accept-Ranges': 'bytes',
    },
    body,
  };
}
