import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireReply, WireService } from './wire-service';

/** Far above the largest request of KMS, and small enough to be harmless. */
const MAX_BODY_BYTES = 1024 * 1024;
/** A snapshot of many keys is larger than any request of KMS. */
const MAX_CONTROL_BODY_BYTES = 256 * 1024 * 1024;
/** How long calls in progress may still take when the server stops. */
const CLOSE_TIMEOUT = 500;
/** The status codes that AWS returns for an unknown path, method or content type are unconfirmed. */
const NO_CALL = 404;
const TOO_LARGE = 413;
const JSON_OF_AWS = /^application\/x-amz-json-1\.[01] *(;|$)/i;

/** Paths that begin with this prefix belong to the local service itself: AWS has no such paths. */
export const CONTROL_PREFIX = '/_local/';

export interface ControlReply {
  readonly httpStatus: number;
  /** Becomes JSON. */
  readonly body: unknown;
}

/** Answers requests whose path begins with `CONTROL_PREFIX`. */
export interface ControlEndpoint {
  /**
   * Never rejects: every failure is a reply.
   *
   * @param origin the page that sent the request, if a browser sent it
   */
  reply(method: string, url: string, origin: string | undefined, body: Buffer): Promise<ControlReply>;
}

/** AWS JSON 1.1 over HTTP: every operation is a POST whose header names it. */
export class HttpServer {
  /** @param control answers requests under `/_local/`; absent, such paths are like any other */
  public static async listen(service: WireService, port: number, host: string, control?: ControlEndpoint): Promise<HttpServer> {
    const server: Server = createServer((request, response) => receive(service, control, server, request, response));
    // Clients keep connections for minutes. If the server closes them first, the next call of the client fails.
    server.keepAliveTimeout = 10 * 60 * 1000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new HttpServer(server);
  }

  private constructor(private readonly server: Server) {}

  public get endpoint(): string {
    const { address, port, family } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Accepts no more connections, waits for calls in progress, and closes idle connections. */
  public async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const timeout = setTimeout(() => this.server.closeAllConnections(), CLOSE_TIMEOUT);
    await closed;
    clearTimeout(timeout);
  }
}

function receive(
  service: WireService, control: ControlEndpoint | undefined, server: Server, request: IncomingMessage, response: ServerResponse,
): void {
  const forControl = request.url?.startsWith(CONTROL_PREFIX) === true ? control : undefined;
  const max = forControl === undefined ? MAX_BODY_BYTES : MAX_CONTROL_BODY_BYTES;
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= max) chunks.push(chunk);
  });
  request.on('end', () => {
    const refused = length > max
      ? refusal('RequestEntityTooLargeException', TOO_LARGE)
      : forControl === undefined && !isCall(request) ? refusal('UnknownOperationException', NO_CALL) : undefined;
    if (refused !== undefined) {
      send(refused, response, server.listening && refused.httpStatus !== TOO_LARGE);
      return;
    }
    const { 'x-amz-target': target, authorization } = request.headers;
    const only = chunks.length === 1 ? chunks[0] : undefined;
    const body = only ?? Buffer.concat(chunks);
    if (forControl !== undefined) {
      void forControl.reply(request.method ?? '', request.url ?? '', request.headers.origin, body).then(({ httpStatus, body: answer }) =>
        response.writeHead(httpStatus, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(answer)}\n`));
      return;
    }
    void service.reply({ target: typeof target === 'string' ? target : undefined, authorization, body })
      .then((reply) => send(reply, response, server.listening));
  });
}

/** Whether a request is a call in this protocol. */
function isCall({ method, url, headers }: IncomingMessage): boolean {
  return method === 'POST' && url === '/' && JSON_OF_AWS.test(headers['content-type'] ?? '');
}

function refusal(name: string, httpStatus: number): WireReply {
  return { httpStatus, body: JSON.stringify({ __type: name }), requestId: randomUUID(), lost: false };
}

function send(reply: WireReply, response: ServerResponse, keepConnection: boolean): void {
  if (reply.lost) {
    response.destroy();
    return;
  }
  // The time of this machine differs from the virtual clock. An SDK that compares them takes every error for one of a
  // wrong clock, and retries.
  response.sendDate = false;
  response.writeHead(reply.httpStatus, {
    'Content-Type': 'application/x-amz-json-1.1',
    'Content-Length': Buffer.byteLength(reply.body),
    'x-amzn-RequestId': reply.requestId,
    ...(keepConnection ? {} : { Connection: 'close' }),
  });
  response.end(reply.body);
}
