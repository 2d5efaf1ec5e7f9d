import { Agent, request, type RequestOptions } from 'node:http';
import { json } from 'node:stream/consumers';

const HEADERS = {
  'Content-Type': 'application/x-amz-json-1.1',
  'Authorization': 'AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=00',
};

/** Client that calls operations over keep-alive connections, without the work that an SDK does. */
export class BareClient {
  private readonly agent: Agent;

  public constructor(private readonly endpoint: string, private readonly connections: number) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** One call and its answer. */
  public async call<Answer>(operation: string, body: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(this.endpoint, this.options(operation), (response) => {
        const onAnswer = (answer: unknown) => {
          if (response.statusCode === 200) resolve(answer as Answer);
          else reject(new Error(JSON.stringify(answer)));
        };
        json(response).then(onAnswer, reject);
      });
      sent.on('error', reject);
      sent.end(JSON.stringify(body));
    });
  }

  /** Repeats a call, with as many calls at once as there are connections. Returns the seconds that it took. */
  public async repeat(operation: string, body: object, calls: number): Promise<number> {
    const text = JSON.stringify(body);
    const options = { ...this.options(operation), ...urlParts(this.endpoint) };
    let left = calls;
    const start = performance.now();
    await Promise.all(Array.from({ length: this.connections }, async () => {
      while (left-- > 0) await send(options, text);
    }));
    return (performance.now() - start) / 1000;
  }

  public close(): void {
    this.agent.destroy();
  }

  private options(operation: string): RequestOptions {
    return { method: 'POST', agent: this.agent, headers: { ...HEADERS, 'X-Amz-Target': `TrentService.${operation}` } };
  }
}

/** Sends a call and reads its answer to the end. Only the status is checked. */
async function send(options: RequestOptions, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`a call was answered with status ${response.statusCode}`));
      response.on('end', resolve).resume();
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

function urlParts(endpoint: string): RequestOptions {
  const { hostname, port } = new URL(endpoint);
  return { hostname, port };
}
