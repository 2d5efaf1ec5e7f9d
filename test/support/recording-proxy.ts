import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Changes an answer before it is returned. */
type Tamper = (operation: string, answer: Buffer) => Buffer;

/** A proxy between a program and a server that records the requests of the program. */
export class RecordingProxy {
  public static async before(endpoint: string): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(endpoint);
    await new Promise<void>((listening) => proxy.server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  /** Headers and body of each request. */
  public readonly sent: Buffer[] = [];
  private readonly server: Server;

  private constructor(private readonly endpoint: string) {
    this.server = createServer((incoming, outgoing) => this.pass(incoming, outgoing));
  }

  /** Assign to change the answers of the server to an operation. */
  public tamper: Tamper = (_, answer) => answer;

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      this.sent.push(Buffer.from(`${incoming.method} ${incoming.url}\n${incoming.rawHeaders.join('\n')}\n`), body);
      const onward = forward(this.endpoint, { method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
          outgoing
            .writeHead(answer.statusCode ?? 500, { 'content-type': answer.headers['content-type'] })
            .end(this.tamper(operation, Buffer.concat(parts)));
        });
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  }
}
