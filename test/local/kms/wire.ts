import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ACCOUNT, REGION } from './local-kms-bench';
import type { LocalKms } from '../../../local/kms/local-kms';

/** The Authorization header of a signed request of ACCOUNT in REGION. */
export const AUTHORIZATION =
  `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${REGION}/kms/aws4_request, SignedHeaders=host, Signature=00`;
export const JSON_OF_AWS = 'application/x-amz-json-1.1';

/** Longer than any response of this KMS takes, on any machine. */
const ANSWER_TIMEOUT = 5000;

export interface WireAnswer { readonly status: number; readonly type: string | undefined; readonly body: string }

/** Bare HTTP on keep-alive connections, without an SDK that would prevent malformed requests. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true });

  public constructor(private readonly server: LocalKms) {}

  public async post(
    target: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
    method = 'POST',
    path = '/',
  ): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.server.endpoint}${path}`,
        {
          agent: this.agent,
          method,
          timeout: ANSWER_TIMEOUT,
          headers: {
            'content-type': JSON_OF_AWS,
            'content-length': Buffer.byteLength(body),
            'authorization': AUTHORIZATION,
            'x-amz-target': target,
            ...headers,
          },
        },
        (answer) => {
          text(answer).then((read) => resolve({ status: answer.statusCode!, type: answer.headers['content-type'], body: read }), reject);
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`no answer to ${target} ${String(body).slice(0, 200)}`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  public close(): void {
    this.agent.destroy();
  }
}

/** Sends text on a new connection, and returns the whole output until the server closes it. */
export async function speak(server: LocalKms, said: string): Promise<string> {
  const socket = connect(Number(new URL(server.endpoint).port), '127.0.0.1');
  socket.setTimeout(ANSWER_TIMEOUT, () => socket.destroy(new Error(`no end to the answer to ${said.slice(0, 200)}`)));
  socket.write(said);
  return text(socket);
}
