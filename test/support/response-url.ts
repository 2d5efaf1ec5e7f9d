import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A response that arrived at the response URL. */
export interface Delivered {
  readonly method: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** The common members of a custom resource event. */
export const EVENT_MEMBERS = {
  StackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Orders/1',
  RequestId: 'request-1',
  ResourceType: 'Custom::KmsKeyMaterial',
  LogicalResourceId: 'KeyMaterial',
} as const;

/** The response URL of CloudFormation: in AWS a presigned URL of Amazon S3. */
export class ResponseUrl {
  public static async open(): Promise<ResponseUrl> {
    const place = new ResponseUrl();
    await new Promise<void>((listening) => place.server.listen(0, '127.0.0.1', listening));
    return place;
  }

  public readonly delivered: Delivered[] = [];
  /** The status codes of the next answers. Later ones are 200. */
  public refusals: number[] = [];

  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const status = this.refusals.shift() ?? 200;
      if (status === 200) {
        this.delivered.push({
          method: request.method ?? '',
          contentType: request.headers['content-type'],
          body: Buffer.concat(chunks).toString(),
        });
      }
      response.writeHead(status).end();
    });
  });

  private constructor() {}

  /** A credential, as it is in AWS. */
  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/answer?X-Amz-Signature=presigned-secret`;
  }

  /** The same, signed at a time: as CloudFormation signs it when it sends the event. */
  public signedAt(date: Date): string {
    return `${this.url}&X-Amz-Date=${date.toISOString().replaceAll(/[-:]|\.\d+/g, '')}&X-Amz-Expires=7200`;
  }

  /** The one answer that was delivered. */
  public get answer(): { Status: string; Reason?: string; PhysicalResourceId: string; Data?: { [attribute: string]: string } } {
    const [only, ...others] = this.delivered;
    if (only === undefined || others.length > 0) throw new Error(`${this.delivered.length} answers`);
    return JSON.parse(only.body) as ResponseUrl['answer'];
  }

  public async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}
