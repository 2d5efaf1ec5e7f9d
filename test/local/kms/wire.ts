import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ACCOUNT, REGION } from './local-kms-bench';
import type { LocalKms } from '../../../local/kms/local-kms';

/** What a signed request of ACCOUNT in REGION carries. */
export const AUTHORIZATION =
  `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${REGION}/kms/aws4_request, SignedHeaders=host, Signature=00`;
export const JSON_OF_AWS = 'application/x-amz-json-1.1';

/** Nothing that this KMS answers takes anywhere near as long, on any machine. */
const LONGEST_ANSWER = 5000;

export interface WireAnswer { readonly status: number; readonly type: string | undefined; readonly body: string }

/** Bare HTTP on connections that are kept, without an SDK that would forbid what is wrong. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true });

  public constructor(private readonly server: LocalKms) {}

  public async post(target: string, body: string | Buffer, headers: Record<string, string> = {}, method = 'POST', path = '/'): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.server.endpoint}${path}`, {
        agent: this.agent,
        method,
        timeout: LONGEST_ANSWER,
        headers: {
          'content-type': JSON_OF_AWS,
          'content-length': Buffer.byteLength(body),
          'authorization': AUTHORIZATION,
          'x-amz-target': target,
          ...headers,
        },
      }, (answer) => {
        text(answer).then((read) => resolve({ status: answer.statusCode!, type: answer.headers['content-type'], body: read }), reject);
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer to ${target} ${String(body).slice(0, 200)}`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  public close(): void {
    this.agent.destroy();
  }
}

/** Says something on a fresh connection, and gives all that comes back until the server closes it. */
export async function speak(server: LocalKms, said: string): Promise<string> {
  const socket = connect(Number(new URL(server.endpoint).port), '127.0.0.1');
  socket.setTimeout(LONGEST_ANSWER, () => socket.destroy(new Error(`no end to the answer to ${said.slice(0, 200)}`)));
  socket.write(said);
  return text(socket);
}
