import { answerBody, statusOf, type CustomResourceAnswer } from './answer';
import { beforeDeadline } from './deadline';
import { Failure } from './failure';
import type { Log } from './log';
import { putAnswer } from './put-answer';
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
  readonly ResourceProperties: { readonly [property: string]: unknown };
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

/** One kind of custom resource: what its author writes. Each verb may be asked twice, late, or after having been stopped anywhere. */
export interface CustomResourceKind {
  createOrUpdate(properties: CustomResourceEvent['ResourceProperties']): Promise<ManagedResource>;
  delete(physicalResourceId: string): Promise<void>;
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
    return failed(event, tellSafely(error, log));
  }
}

async function perform(kind: CustomResourceKind, event: CustomResourceEvent): Promise<CustomResourceAnswer> {
  if (event.RequestType !== 'Delete') return kind.createOrUpdate(event.ResourceProperties);
  const physicalResourceId = event.PhysicalResourceId ?? NEVER_CREATED;
  if (physicalResourceId !== NEVER_CREATED) await kind.delete(physicalResourceId);
  return { physicalResourceId, attributes: {} };
}

/** A failed Update keeps its name: another one would look like a replacement, and the old resource would be deleted. */
function failed(event: CustomResourceEvent, failure: string): CustomResourceAnswer {
  return { failure, physicalResourceId: event.PhysicalResourceId ?? NEVER_CREATED, attributes: {} };
}

/** What we said ourselves is meant to be read. An error that nobody foresaw may quote anything, so only its name and place are told. */
function tellSafely(error: unknown, log: Log): string {
  if (error instanceof Failure) {
    log.error('failed', { error: error.name, reason: error.message });
    return `${error.name}: ${error.message}`;
  }
  const name = error instanceof Error ? error.name : typeof error;
  const places = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 5) : [];
  log.error('failed-unexpectedly', { error: name, at: places.map((line) => line.trim()).join(' | ') });
  return `unexpected ${name}; the log of the function says where`;
}
