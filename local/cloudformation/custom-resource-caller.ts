import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeployedResource, Provisioner, ResourceToDeploy } from './local-stack';
import type { ResolvedResource } from './resolve-intrinsics';

/** Invokes the function of a service token with an event. */
export type InvokeFunction = (serviceToken: string, event: object) => Promise<void>;

/** A request of CloudFormation to a custom resource. */
interface CustomResourceRequest {
  readonly requestType: 'Create' | 'Update' | 'Delete';
  readonly resource: ResourceToDeploy;
  readonly physicalResourceId?: string;
  readonly oldProperties?: ResourceToDeploy['properties'];
}

/** A response to CloudFormation. */
export interface CustomResourceResponse {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: { readonly [name: string]: string };
}

/**
 * Provisions custom resources as CloudFormation does: it sends events to the function, receives responses by HTTP, and
 * sends a Delete after a failed Create.
 */
export function customResources(account: string, region: string, now: () => Date, invoke: InvokeFunction): Provisioner {
  const send = async (request: CustomResourceRequest) => {
    const members = { StackId: `arn:aws:cloudformation:${region}:${account}:stack/${request.resource.stackName}/${randomUUID()}` };
    return sendEvent(String(request.resource.properties.ServiceToken), { ...eventOf(request), ...members }, now(), invoke);
  };
  return {
    create: async (resource) => {
      const created = await send({ requestType: 'Create', resource });
      if (created.Status === 'SUCCESS') return resolvedBy(created);
      await send({ requestType: 'Delete', resource, physicalResourceId: created.PhysicalResourceId });
      throw new Error(created.Reason);
    },
    update: async (resource, before) => {
      const updated = await send({
        requestType: 'Update', resource, physicalResourceId: before.resolved.ref, oldProperties: before.properties,
      });
      if (updated.Status !== 'SUCCESS') throw new Error(updated.Reason);
      return resolvedBy(updated);
    },
    delete: async (resource: DeployedResource) => {
      const deleted = await send({ requestType: 'Delete', resource, physicalResourceId: resource.resolved.ref });
      if (deleted.Status !== 'SUCCESS') throw new Error(deleted.Reason);
    },
  };
}

function eventOf({ requestType, resource, physicalResourceId, oldProperties }: CustomResourceRequest): SentEvent {
  return {
    RequestType: requestType,
    RequestId: randomUUID(),
    ResourceType: resource.type,
    LogicalResourceId: resource.logicalId,
    ...(physicalResourceId === undefined ? {} : { PhysicalResourceId: physicalResourceId }),
    ResourceProperties: leavesAsText(resource.properties),
    ...(oldProperties === undefined ? {} : { OldResourceProperties: leavesAsText(oldProperties) }),
  };
}

/** An event of CloudFormation, without its response URL. */
export interface SentEvent {
  readonly RequestType: string;
  readonly LogicalResourceId: string;
  readonly [member: string]: unknown;
}

/**
 * Sends an event, and returns the response. The response URL contains the time at which it was signed, as a presigned
 * URL of Amazon S3 does.
 *
 * @param sentAt The time at which CloudFormation has sent the event. It is in the past if AWS Lambda delivers it late.
 */
export async function sendEvent(
  serviceToken: string, event: SentEvent, sentAt: Date, invoke: InvokeFunction,
): Promise<CustomResourceResponse> {
  const received: string[] = [];
  const signedAt = sentAt.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const secretPath = `/${randomUUID()}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${signedAt}&X-Amz-Expires=7200`;
  const server = createServer((request, response) => void receive(request, response, secretPath, received));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const { port } = server.address() as AddressInfo;
    await invoke(serviceToken, { ...event, ResponseURL: `http://127.0.0.1:${port}${secretPath}` });
    const [text] = received;
    if (text === undefined) throw new Error(`function ended without a response to ${event.RequestType}`);
    return JSON.parse(text) as CustomResourceResponse;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** CloudFormation sends every number and boolean as text. */
function leavesAsText(properties: { readonly [name: string]: unknown }): { [name: string]: unknown } {
  const asText = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(asText);
    if (typeof value === 'object' && value !== null) return leavesAsText(value as { [name: string]: unknown });
    return String(value);
  };
  const given = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, asText(value)]));
}

async function receive(request: IncomingMessage, response: ServerResponse, secretPath: string, received: string[]): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method === 'PUT' && request.url === secretPath) received.push(Buffer.concat(chunks).toString('utf8'));
  response.statusCode = 200;
  response.end();
}

function resolvedBy({ PhysicalResourceId, Data = {} }: CustomResourceResponse): ResolvedResource {
  return { ref: PhysicalResourceId, attributes: Data };
}
