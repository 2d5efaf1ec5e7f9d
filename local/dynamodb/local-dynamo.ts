import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import dynalite from 'dynalite';
import type { Authorize } from '../iam/authorization';
import { accessKeyOf, dynamoRequest } from '../iam/requests';

/** DynamoDB server in this process, for tests and the demo. All data is in memory and is deleted when it stops. */
export interface LocalDynamo {
  /** The endpoint for clients, such as `http://127.0.0.1:4602`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface LocalDynamoOptions {
  /** Decides which caller may send which request. @default - every caller may send every request */
  readonly authorize?: Authorize;
  /** The Region in which the server has its tables. @default eu-west-1 */
  readonly region?: string;
  /** The account that owns the tables. @default 111122223333 */
  readonly account?: string;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Starts the server on a free port of the loopback interface. */
export async function startLocalDynamo(
  { authorize, region = 'eu-west-1', account = '111122223333' }: LocalDynamoOptions = {},
): Promise<LocalDynamo> {
  const server = serverIn(region, account);
  // With the real time in the response, an SDK on the virtual clock takes every error for a clock skew.
  server.prependListener('request', (_, response) => { response.sendDate = false; });
  if (authorize !== undefined) authorizeFirst(server, authorize, account);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve, reject) => {
      server.close((error) => (error === undefined || error === null ? resolve() : reject(error)));
      // Connections that clients keep alive would keep the server open.
      server.closeAllConnections();
    }),
  };
}

/** Puts the authorization before the listeners of the server. They receive the request when its body has been read. */
function authorizeFirst(server: ReturnType<typeof dynalite>, authorize: Authorize, account: string): void {
  const listeners = server.listeners('request') as Listener[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      void denialOf(request, body, authorize, account).then((denial) => {
        if (denial !== undefined) return deny(response, denial);
        const { method, url, headers } = request;
        const read = Object.assign(Readable.from([body], { objectMode: false }), { method, url, headers }) as unknown as IncomingMessage;
        for (const listener of listeners) listener(read, response);
      });
    });
  });
}

async function denialOf({ headers }: IncomingMessage, body: Buffer, authorize: Authorize, account: string): Promise<string | undefined> {
  const operation = String(headers['x-amz-target'] ?? '').replace(/^DynamoDB_\d+\./, '');
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  return authorize(dynamoRequest(accessKeyOf(headers.authorization), operation, parse(body), { region, account }));
}

function deny(response: ServerResponse, message: string): void {
  response.sendDate = false;
  response.writeHead(400, { 'Content-Type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: message }));
}

/** A body that is not JSON is refused by the server itself. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return {};
  }
}

/** The engine takes Region and account, which are part of a table's ARN, from the environment when it is created. */
function serverIn(region: string, account: string): ReturnType<typeof dynalite> {
  const { AWS_REGION, AWS_ACCOUNT_ID } = process.env;
  Object.assign(process.env, { AWS_REGION: region, AWS_ACCOUNT_ID: account });
  try {
    return dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  } finally {
    restore('AWS_REGION', AWS_REGION);
    restore('AWS_ACCOUNT_ID', AWS_ACCOUNT_ID);
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
