import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { invokeShippedHandler } from './shipped-handler';

/** A custom resource as CloudFormation is about to create it. */
export interface CustomResourceCreation {
  readonly stackName: string;
  readonly logicalId: string;
  readonly resourceType: string;
  readonly properties: { readonly [name: string]: unknown };
  /** The folder of the handler's bundle below `assets/`. */
  readonly asset: string;
  readonly environment: { readonly [name: string]: string };
}

/** What the handler answered. */
export interface CustomResourceAnswer {
  readonly physicalResourceId: string;
  readonly attributes: { readonly [name: string]: string };
}

/** Sends the shipped handler what CloudFormation would send, and waits at the response URL for its answer. */
export async function createCustomResource(creation: CustomResourceCreation): Promise<CustomResourceAnswer> {
  const answers: string[] = [];
  const secretPath = `/${randomUUID()}`;
  const server = createServer((request, response) => void receive(request, response, secretPath, answers));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const { port } = server.address() as AddressInfo;
    const { output } = await invokeShippedHandler(creation.asset, {
      RequestType: 'Create',
      ResponseURL: `http://127.0.0.1:${port}${secretPath}`,
      StackId: `arn:aws:cloudformation:eu-central-1:111122223333:stack/${creation.stackName}/${randomUUID()}`,
      RequestId: randomUUID(),
      ResourceType: creation.resourceType,
      LogicalResourceId: creation.logicalId,
      ResourceProperties: { ServiceToken: `arn:aws:lambda:eu-central-1:111122223333:function:${creation.asset}`, ...leavesAsText(creation.properties) },
    }, creation.environment);
    return readAnswer(creation, answers, output);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** CloudFormation hands over every number and boolean as text. */
function leavesAsText(properties: { readonly [name: string]: unknown }): { [name: string]: unknown } {
  const asText = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(asText);
    if (typeof value === 'object' && value !== null) return leavesAsText(value as { [name: string]: unknown });
    return String(value);
  };
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined).map(([name, value]) => [name, asText(value)]));
}

async function receive(request: IncomingMessage, response: ServerResponse, secretPath: string, answers: string[]): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method === 'PUT' && request.url === secretPath) answers.push(Buffer.concat(chunks).toString('utf8'));
  response.statusCode = 200;
  response.end();
}

function readAnswer({ logicalId, resourceType }: CustomResourceCreation, answers: readonly string[], output: string): CustomResourceAnswer {
  const [text] = answers;
  if (text === undefined) throw new Error(`${logicalId} (${resourceType}): handler ended without an answer; it printed: ${output}`);
  const answer = JSON.parse(text) as { Status: string; Reason?: string; PhysicalResourceId: string; Data?: { [name: string]: string } };
  if (answer.Status !== 'SUCCESS') throw new Error(`${logicalId} (${resourceType}): ${answer.Reason}`);
  return { physicalResourceId: answer.PhysicalResourceId, attributes: answer.Data ?? {} };
}
