import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeployedResource, Provisioner, ResourceToDeploy } from './local-stack';
import type { ResolvedResource } from './resolve-intrinsics';

/** Hands an event to the function behind a service token. */
export type InvokeFunction = (serviceToken: string, event: object) => Promise<void>;

/** What CloudFormation asks for. */
interface Question {
  readonly requestType: 'Create' | 'Update' | 'Delete';
  readonly resource: ResourceToDeploy;
  readonly physicalResourceId?: string;
  readonly oldProperties?: ResourceToDeploy['properties'];
}

interface Answer {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: { readonly [name: string]: string };
}

/** Custom resources, as CloudFormation deals with them: events to the function, answers by HTTP, a Delete after a failed Create. */
export function customResources(account: string, region: string, invoke: InvokeFunction): Provisioner {
  const ask = (question: Question) => askFunction(question, account, region, invoke);
  return {
    create: async (resource) => {
      const answer = await ask({ requestType: 'Create', resource });
      if (answer.Status === 'SUCCESS') return resolvedBy(answer);
      await ask({ requestType: 'Delete', resource, physicalResourceId: answer.PhysicalResourceId });
      throw new Error(answer.Reason);
    },
    update: async (resource, before) => {
      const answer = await ask({ requestType: 'Update', resource, physicalResourceId: before.resolved.ref, oldProperties: before.properties });
      if (answer.Status !== 'SUCCESS') throw new Error(answer.Reason);
      return resolvedBy(answer);
    },
    delete: async (resource: DeployedResource) => {
      const answer = await ask({ requestType: 'Delete', resource, physicalResourceId: resource.resolved.ref });
      if (answer.Status !== 'SUCCESS') throw new Error(answer.Reason);
    },
  };
}

async function askFunction(question: Question, account: string, region: string, invoke: InvokeFunction): Promise<Answer> {
  const { requestType, resource, physicalResourceId, oldProperties } = question;
  const answers: string[] = [];
  const secretPath = `/${randomUUID()}`;
  const server = createServer((request, response) => void receive(request, response, secretPath, answers));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const { port } = server.address() as AddressInfo;
    await invoke(String(resource.properties.ServiceToken), {
      RequestType: requestType,
      ResponseURL: `http://127.0.0.1:${port}${secretPath}`,
      StackId: `arn:aws:cloudformation:${region}:${account}:stack/${resource.stackName}/${randomUUID()}`,
      RequestId: randomUUID(),
      ResourceType: resource.type,
      LogicalResourceId: resource.logicalId,
      ...(physicalResourceId === undefined ? {} : { PhysicalResourceId: physicalResourceId }),
      ResourceProperties: leavesAsText(resource.properties),
      ...(oldProperties === undefined ? {} : { OldResourceProperties: leavesAsText(oldProperties) }),
    });
    const [text] = answers;
    if (text === undefined) throw new Error(`function ended without an answer to ${requestType}`);
    return JSON.parse(text) as Answer;
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

function resolvedBy(answer: Answer): ResolvedResource {
  return { ref: answer.PhysicalResourceId, attributes: answer.Data ?? {} };
}
