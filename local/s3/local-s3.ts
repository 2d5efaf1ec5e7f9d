import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Bucket } from './bucket';
import { S3Service } from './s3-service';
import type { S3Reply } from './wire';
import type { VirtualClock } from '../kms/model/time/clock';

export interface LocalS3Options {
  /** The names of the buckets that there are. */
  readonly buckets: readonly string[];
  /** @default 0, any port that is free */
  readonly port?: number;
  /** @default - the real time */
  readonly clock?: VirtualClock;
}

/** How long calls that are under way may still take when the server stops. */
const FAREWELL_MILLISECONDS = 500;

/**
 * An Amazon S3 that runs on a laptop, as far as evidence needs one: put (also on condition that there is nothing yet), get, head, list.
 *
 * The bucket stands in the path, so clients want `forcePathStyle`. For tests and demonstrations; it keeps everything in memory.
 */
export class LocalS3 {
  public static async start({ buckets, port = 0, clock }: LocalS3Options): Promise<LocalS3> {
    const byName = new Map(buckets.map((name) => [name, new Bucket()]));
    const service = new S3Service(byName, clock === undefined ? () => new Date() : () => clock.now());
    const server: Server = createServer((request, response) => receive(service, request, response));
    // Clients keep connections for minutes; a server that closes first makes them fail at the next call.
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

  /** Where it listens, as in `http://127.0.0.1:4601`. */
  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Makes a bucket, if there is none by that name yet. */
  public createBucket(name: string): void {
    if (!this.buckets.has(name)) this.buckets.set(name, new Bucket());
  }

  /** The objects of a bucket as they are now, in order of their keys. */
  public objects(bucket: string): Map<string, Buffer> {
    const objects = this.buckets.get(bucket)?.objects ?? new Map<string, never>();
    return new Map([...objects.keys()].sort().map((key) => [key, objects.get(key)?.body as Buffer]));
  }

  /** An object of JSON; `undefined` when there is none by that key. */
  public readJson<T>(bucket: string, key: string): T | undefined {
    const body = this.buckets.get(bucket)?.objects.get(key)?.body;
    return body === undefined ? undefined : JSON.parse(body.toString()) as T;
  }

  /** Takes no more connections, lets calls under way end, and closes connections that are only being kept. */
  public async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const farewell = setTimeout(() => this.server.closeAllConnections(), FAREWELL_MILLISECONDS);
    await closed;
    clearTimeout(farewell);
  }
}

function receive(service: S3Service, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method = '', url = '', headers } = request;
    send(service.reply({ method, url, headers, body: Buffer.concat(chunks) }), response);
  });
}

function send({ httpStatus, headers, body }: S3Reply, response: ServerResponse): void {
  // The real time would make an SDK on the virtual clock take every error for one of a wrong clock.
  response.sendDate = false;
  response.writeHead(httpStatus, { 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
}
