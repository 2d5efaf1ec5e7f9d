import { beforeDeadline } from './deadline';
import type { Log } from './log';
import { putResponse } from './put-response';
import { reportFailure } from './report-failure';
import { responseBody, statusOf, type CustomResourceResponse } from './response';
import { Failure } from '../../src/contract/failure';
import type { Clock } from '../ports/clock';

/** The request of CloudFormation to a custom resource. */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** A credential: with it any caller can send our response. It is used once and never logged. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: ResourceProperties;
  /** The properties before an Update. A rollback is an Update back to these. */
  readonly OldResourceProperties?: ResourceProperties;
}

/** Properties as CloudFormation delivers them: every number and boolean is text. */
export interface ResourceProperties {
  readonly [property: string]: unknown;
}

/** The part of the Lambda context that returns the remaining time. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** A finished Create or Update. Attributes are safe to show: they are read with Fn::GetAtt. */
export interface ManagedResource {
  readonly physicalResourceId: string;
  readonly attributes: { readonly [attribute: string]: string };
}

/** A resource that was created before, and what is declared of it. */
export interface KnownResource {
  readonly physicalResourceId: string;
  readonly properties: ResourceProperties;
}

/** A resource whose properties changed. */
export interface ChangedResource extends KnownResource {
  readonly oldProperties: ResourceProperties;
}

/** The operations of one kind of custom resource. Each may be called twice, late, or again after an interruption. */
export interface CustomResourceKind {
  create(properties: ResourceProperties): Promise<ManagedResource>;
  update(resource: ChangedResource): Promise<ManagedResource>;
  delete(resource: KnownResource): Promise<void>;
  /** Reverts what a failed Create may have done. Optional: not needed if a failed Create leaves nothing behind. */
  undoCreate?(properties: ResourceProperties): Promise<void>;
}

export interface CustomResourcePorts {
  readonly log: Log;
  readonly clock: Clock;
}

/** The name of a resource whose creation failed. CloudFormation also sends a Delete for it. */
const NEVER_CREATED = 'cdk-kms-lifecycle/never-created';

const OUT_OF_TIME = 'the function ran out of time; deploy again: it continues from the state that it reached';

/** How long before the timeout of the function the response must be sent. */
const RESPONSE_TIME_MS = 15_000;

/**
 * A Lambda handler for one kind of custom resource: it always responds, in time, and never reveals secrets.
 *
 * CloudFormation waits until it gets a response, so every outcome becomes one. The handler throws only if the response
 * cannot be delivered: then Lambda retries the event.
 */
export function customResource(kind: CustomResourceKind, ports: CustomResourcePorts) {
  return async (event: CustomResourceEvent, context: InvocationContext): Promise<void> => {
    const timeToWork = context.getRemainingTimeInMillis() - RESPONSE_TIME_MS;
    const response = await beforeDeadline(timeToWork, work(kind, event, ports.log), () => failed(event, OUT_OF_TIME));
    await putResponse(event.ResponseURL, responseBody(event, response), ports.clock);
    ports.log.info('response-sent', { requestType: event.RequestType, resource: event.LogicalResourceId, status: statusOf(response) });
  };
}

/** Never throws. */
async function work(kind: CustomResourceKind, event: CustomResourceEvent, log: Log): Promise<CustomResourceResponse> {
  try {
    return await perform(kind, event);
  } catch (error) {
    const reported = reportFailure(error, log);
    return failed(event, reported instanceof Failure ? `${reported.name}: ${reported.message}` : reported.message);
  }
}

async function perform(kind: CustomResourceKind, event: CustomResourceEvent): Promise<CustomResourceResponse> {
  const { ResourceProperties: properties, OldResourceProperties: oldProperties = {} } = event;
  const { PhysicalResourceId: physicalResourceId = NEVER_CREATED } = event;
  switch (event.RequestType) {
    case 'Create':
      return kind.create(properties);
    case 'Update':
      return kind.update({ physicalResourceId, properties, oldProperties });
    case 'Delete':
      if (physicalResourceId === NEVER_CREATED) await kind.undoCreate?.(properties);
      else await kind.delete({ physicalResourceId, properties });
      return { physicalResourceId, attributes: {} };
  }
}

/** A failed Update keeps its name: another one would look like a replacement, and the old resource would be deleted. */
function failed(event: CustomResourceEvent, failure: string): CustomResourceResponse {
  return { failure, physicalResourceId: event.PhysicalResourceId ?? NEVER_CREATED, attributes: {} };
}
