import type { DeploymentEvent } from './deployment-event';
import { sentAtOf } from './event-age';
import { beforeDeadline } from './invocation';
import type { Log } from './log';
import { putResponse } from './put-response';
import { reportFailure } from './report-failure';
import { responseBody, statusOf, type CustomResourceResponse } from './response';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { SERVICE_TIMEOUT_SECONDS } from '../../src/contract/limits';
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

/**
 * The operations of one kind of custom resource. Each may be called twice, late, or again after an interruption: also
 * after a later event, whose changes it must not revert. The event tells the two apart.
 */
export interface CustomResourceKind {
  create(properties: ResourceProperties, event: DeploymentEvent): Promise<ManagedResource>;
  update(resource: ChangedResource, event: DeploymentEvent): Promise<ManagedResource>;
  delete(resource: KnownResource, event: DeploymentEvent): Promise<void>;
  /** Reverts what a failed Create may have done. Optional: not needed if a failed Create leaves nothing behind. */
  undoCreate?(properties: ResourceProperties, event: DeploymentEvent): Promise<void>;
}

export interface CustomResourcePorts {
  readonly log: Log;
  readonly clock: Clock;
}

/** The name of a resource whose creation failed. CloudFormation also sends a Delete for it. */
const NEVER_CREATED = 'cdk-kms-lifecycle/never-created';

const OUT_OF_TIME = 'the function ran out of time and has stopped; deploy again: it continues from the state that it reached';

/** How long to wait after AWS was throttled or unavailable, although each call was retried. */
const UNAVAILABLE_WAIT_MS = 10_000;

/** How long before the timeout of the function, and of CloudFormation, the response must be sent. */
const RESPONSE_TIME_MS = 15_000;

const SERVICE_TIMEOUT_MS = SERVICE_TIMEOUT_SECONDS * 1000;

/**
 * A Lambda handler for one kind of custom resource: it always responds, in time, and never reveals secrets.
 *
 * CloudFormation waits until it gets a response, so every outcome becomes one. The handler throws only if the response
 * cannot be delivered: then Lambda retries the event.
 *
 * Nothing is done for an event for which CloudFormation no longer waits, and work ends before that time: a rollback may
 * have followed, and AWS Lambda may deliver an event late, or again.
 */
export function customResource(kind: CustomResourceKind, ports: CustomResourcePorts) {
  return async (event: CustomResourceEvent, context: InvocationContext): Promise<void> => {
    const now = ports.clock.now();
    const sentAt = sentAtOf(event, now);
    if (sentAt === undefined) ports.log.warn('event-time-unknown', { requestType: event.RequestType, resource: event.LogicalResourceId });
    const age = sentAt === undefined ? 0 : Math.max(0, now.getTime() - sentAt.getTime());
    if (age > SERVICE_TIMEOUT_MS - RESPONSE_TIME_MS) return refuseLate(event, age, ports);
    const timeToWork = Math.min(context.getRemainingTimeInMillis(), SERVICE_TIMEOUT_MS - age) - RESPONSE_TIME_MS;
    const perform = () => performEvent(kind, event, sentAt);
    const response = await beforeDeadline(timeToWork, () => work(perform, event, timeToWork, ports), () => failed(event, OUT_OF_TIME));
    await putResponse(event.ResponseURL, responseBody(event, response), ports.clock);
    ports.log.info('response-sent', { requestType: event.RequestType, resource: event.LogicalResourceId, status: statusOf(response) });
  };
}

/**
 * Responds, in case CloudFormation still waits. A response that cannot be delivered is no reason to retry: the URL of
 * an old event has expired.
 */
async function refuseLate(event: CustomResourceEvent, age: number, { log, clock }: CustomResourcePorts): Promise<void> {
  const ageSeconds = Math.round(age / 1000);
  log.warn('late-event-refused', { requestType: event.RequestType, resource: event.LogicalResourceId, ageSeconds });
  const { name, message } = new Failure(ErrorName.INVALID_REQUEST, {
    where: event.LogicalResourceId,
    what: 'event of CloudFormation was delivered too late, so nothing was changed: a later deployment may have replaced it',
    given: `${ageSeconds} seconds after it was sent`,
    allowed: `less than ${SERVICE_TIMEOUT_SECONDS} seconds, which is how long CloudFormation waits for a response`,
    remedy: 'deploy again if the stack did not reach the declared state',
  });
  await putResponse(event.ResponseURL, responseBody(event, failed(event, `${name}: ${message}`)), clock).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
  });
}

/** Never throws. */
async function work(
  perform: () => Promise<CustomResourceResponse>, event: CustomResourceEvent, timeToWork: number, { log, clock }: CustomResourcePorts,
): Promise<CustomResourceResponse> {
  try {
    return await patiently(perform, timeToWork, clock);
  } catch (error) {
    const reported = reportFailure(error, log);
    return failed(event, reported instanceof Failure ? `${reported.name}: ${reported.message}` : reported.message);
  }
}

/**
 * Repeats the operation while AWS is throttled or unavailable, as long as there is time: a failed Update is rolled
 * back, and if the rollback fails too, an operator has to repair the stack. Every operation can be repeated.
 */
async function patiently<T>(operation: () => Promise<T>, timeToWork: number, clock: Clock): Promise<T> {
  for (let waited = UNAVAILABLE_WAIT_MS; ; waited += UNAVAILABLE_WAIT_MS) {
    try {
      return await operation();
    } catch (error) {
      if (!Failure.named(error, ErrorName.THROTTLED) || waited >= timeToWork) throw error;
      await clock.sleep(UNAVAILABLE_WAIT_MS);
    }
  }
}

async function performEvent(
  kind: CustomResourceKind, event: CustomResourceEvent, sentAt: Date | undefined,
): Promise<CustomResourceResponse> {
  const { ResourceProperties: properties, OldResourceProperties: oldProperties = {} } = event;
  const { PhysicalResourceId: physicalResourceId = NEVER_CREATED } = event;
  const delivered: DeploymentEvent = {
    requestId: event.RequestId,
    requestType: event.RequestType,
    stackName: event.StackId.split('/')[1] ?? event.StackId,
    logicalId: event.LogicalResourceId,
    sentAt,
  };
  switch (event.RequestType) {
    case 'Create':
      return kind.create(properties, delivered);
    case 'Update':
      return kind.update({ physicalResourceId, properties, oldProperties }, delivered);
    case 'Delete':
      if (physicalResourceId === NEVER_CREATED) await kind.undoCreate?.(properties, delivered);
      else await kind.delete({ physicalResourceId, properties }, delivered);
      return { physicalResourceId, attributes: {} };
  }
}

/** A failed Update keeps its name: another one would look like a replacement, and the old resource would be deleted. */
function failed(event: CustomResourceEvent, failure: string): CustomResourceResponse {
  return { failure, physicalResourceId: event.PhysicalResourceId ?? NEVER_CREATED, attributes: {} };
}
