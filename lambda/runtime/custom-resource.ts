import { answerBody, statusOf, type CustomResourceAnswer } from './answer';
import { beforeDeadline } from './deadline';
import type { Log } from './log';
import { putAnswer } from './put-answer';
import { reportFailure } from './report-failure';
import { Failure } from '../../src/contract/failure';
import type { Clock } from '../ports';

/** What CloudFormation asks of a custom resource. */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** A credential: whoever has it can answer in our name. It is used once and appears nowhere. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: ResourceProperties;
  /** What an Update was told before; a rollback is an Update that is told it once more. */
  readonly OldResourceProperties?: ResourceProperties;
}

/** Properties as CloudFormation hands them over: every number and boolean has become text on the way. */
export interface ResourceProperties {
  readonly [property: string]: unknown;
}

/** What Lambda tells about the time that is left. */
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

/** A resource that was declared in other words before. */
export interface ChangedResource extends KnownResource {
  readonly oldProperties: ResourceProperties;
}

/** One kind of custom resource: what its author writes. Each verb may be asked twice, late, or after having been stopped anywhere. */
export interface CustomResourceKind {
  create(properties: ResourceProperties): Promise<ManagedResource>;
  update(resource: ChangedResource): Promise<ManagedResource>;
  delete(resource: KnownResource): Promise<void>;
  /** Takes back what a Create may have done before it failed. Absent: it leaves nothing that would matter. */
  undoCreate?(properties: ResourceProperties): Promise<void>;
}

export interface CustomResourcePorts {
  readonly log: Log;
  readonly clock: Clock;
}

/** The name of a resource whose creation failed. CloudFormation sends a Delete for it all the same. */
const NEVER_CREATED = 'cdk-kms-lifecycle/never-created';

const OUT_OF_TIME = 'the time of the function is over; deploy again, and it goes on from where it is';

/** How long before Lambda ends us the answer has to be on its way. */
const TIME_TO_ANSWER_MS = 15_000;

/**
 * A Lambda handler for one kind of custom resource: it always answers, in time, and says nothing that it should not.
 *
 * CloudFormation waits for an answer and for nothing else, so whatever happens becomes one. Only when the answer itself cannot be
 * delivered does the handler throw: then Lambda hands it the event again.
 */
export function customResource(kind: CustomResourceKind, ports: CustomResourcePorts) {
  return async (event: CustomResourceEvent, context: InvocationContext): Promise<void> => {
    const timeToWork = context.getRemainingTimeInMillis() - TIME_TO_ANSWER_MS;
    const answer = await beforeDeadline(timeToWork, work(kind, event, ports.log), () => failed(event, OUT_OF_TIME));
    await putAnswer(event.ResponseURL, answerBody(event, answer), ports.clock);
    ports.log.info('answered', { requestType: event.RequestType, resource: event.LogicalResourceId, status: statusOf(answer) });
  };
}

/** Never throws. */
async function work(kind: CustomResourceKind, event: CustomResourceEvent, log: Log): Promise<CustomResourceAnswer> {
  try {
    return await perform(kind, event);
  } catch (error) {
    const told = reportFailure(error, log);
    return failed(event, told instanceof Failure ? `${told.name}: ${told.message}` : told.message);
  }
}

async function perform(kind: CustomResourceKind, event: CustomResourceEvent): Promise<CustomResourceAnswer> {
  const { ResourceProperties: properties, OldResourceProperties: oldProperties = {}, PhysicalResourceId: physicalResourceId = NEVER_CREATED } = event;
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
function failed(event: CustomResourceEvent, failure: string): CustomResourceAnswer {
  return { failure, physicalResourceId: event.PhysicalResourceId ?? NEVER_CREATED, attributes: {} };
}
