import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a handler and whom it talks to: lets everything pass, and remembers what the handler sent. */
export class Recorder {
  /** Without a destination it answers 200 itself, as the response URL does. */
  public static async start(destination?: string): Promise<Recorder> {
    const sent: Buffer[] = [];
    const server = createServer((request, response) => void pass(request, response, sent, destination));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new Recorder(server, sent);
  }

  private constructor(private readonly server: Server, public readonly sent: readonly Buffer[]) {}

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

async function pass(request: IncomingMessage, response: ServerResponse, sent: Buffer[], destination?: string): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  sent.push(Buffer.from(JSON.stringify(request.headers)), body);
  if (destination === undefined) {
    response.writeHead(200).end();
    return;
  }
  const onward = forward(`${destination}${request.url}`, { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  onward.end(body);
}
