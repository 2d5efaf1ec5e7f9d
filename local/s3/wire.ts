import type { IncomingHttpHeaders } from 'node:http';

/** An HTTP request to Amazon S3. */
export interface S3Request {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface S3Reply {
  readonly httpStatus: number;
  readonly headers: { readonly [name: string]: string | number };
  readonly body: Buffer | string;
}
