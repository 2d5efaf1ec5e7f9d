import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Bucket } from './bucket';
import { S3Service } from './s3-service';
import type { S3Reply } from './wire';
import { EVERYTHING_IS_ALLOWED, type Authorize } from '../iam/authorization';
import type { VirtualClock } from '../kms/model/time/clock';

export interface LocalS3Options {
  /** The names of the buckets at the start. */
  readonly buckets: readonly string[];
  /** @default 0, a free port */
  readonly port?: number;
  /** @default - the real time */
  readonly clock?: VirtualClock;
  /** Decides which caller may send which request. @default - every caller may send every request */
  readonly authorize?: Authorize;
}

/** How long `stop` waits for calls in progress. */
const STOP_TIMEOUT_MILLISECONDS = 500;

/**
 * Amazon S3 emulator with the operations that evidence needs: PutObject (also with `If-None-Match: *`), GetObject,
 * HeadObject, ListObjectsV2.
 *
 * The path of a request contains the bucket, so clients need `forcePathStyle`. It is for tests and the demo, and all
 * data is in memory.
 */
export class LocalS3 {
  public static async start({ buckets, port = 0, clock, authorize = EVERYTHING_IS_ALLOWED }: LocalS3Options): Promise<LocalS3> {
    const byName = new Map(buckets.map((name) => [name, new Bucket()]));
    const service = new S3Service(byName, clock === undefined ? () => new Date() : () => clock.now(), authorize);
    const server: Server = createServer((request, response) => receive(service, request, response));
    // Clients keep connections open for minutes. If the server closes one first, the next call of the client fails.
    server.keepAliveTimeout = 10 * 60 * 1000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new LocalS3(byName, server);
  }

  private constructor(private readonly buckets: Map<string, Bucket>, private readonly server: Server) {}

  /** The endpoint for clients, such as `http://127.0.0.1:4601`. */
  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Creates a bucket, unless it exists. */
  public createBucket(name: string): void {
    if (!this.buckets.has(name)) this.buckets.set(name, new Bucket());
  }

  /** Deletes a bucket, as CloudFormation does: not if it contains an object. */
  public deleteBucket(name: string): void {
    const objects = this.buckets.get(name)?.objects.size ?? 0;
    if (objects > 0) throw new Error(`The bucket ${name} is not empty. You must delete all versions in the bucket. (BucketNotEmpty)`);
    this.buckets.delete(name);
  }

  /** Returns a bucket, for callers in this process. */
  public bucket(name: string): Bucket | undefined {
    return this.buckets.get(name);
  }

  /** Returns the content of all objects of a bucket, sorted by key. */
  public objects(bucket: string): Map<string, Buffer> {
    const objects = this.buckets.get(bucket)?.objects ?? new Map<string, never>();
    return new Map([...objects.keys()].sort().map((key) => [key, objects.get(key)?.body as Buffer]));
  }

  /** Returns the content of a JSON object, or `undefined` if the object does not exist. */
  public readJson<T>(bucket: string, key: string): T | undefined {
    const body = this.buckets.get(bucket)?.objects.get(key)?.body;
    return body === undefined ? undefined : JSON.parse(body.toString()) as T;
  }

  /** Accepts no more connections, waits for calls in progress, and closes idle connections. */
  public async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const timeout = setTimeout(() => this.server.closeAllConnections(), STOP_TIMEOUT_MILLISECONDS);
    await closed;
    clearTimeout(timeout);
  }
}

function receive(service: S3Service, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method = '', url = '', headers } = request;
    void service.reply({ method, url, headers, body: Buffer.concat(chunks) }).then((reply) => send(reply, response));
  });
}

function send({ httpStatus, headers, body }: S3Reply, response: ServerResponse): void {
  // With the real time in the response, an SDK on the virtual clock takes every error for a clock skew.
  response.sendDate = false;
  response.writeHead(httpStatus, { 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
}
