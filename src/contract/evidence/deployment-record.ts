import type { EVIDENCE_SCHEMA } from './evidence';

/**
 * An Update of a rotating key, written when its event is delivered for the first time. AWS Lambda may deliver an event
 * again, after a later one: the order of these objects shows that.
 */
export interface DeploymentRecord {
  readonly schema: typeof EVIDENCE_SCHEMA;
  readonly kind: 'deployment';
  /** The id that AWS CloudFormation gave the event: the same in each delivery. */
  readonly requestId: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** Digest of the properties that it declared. */
  readonly properties: string;
  /** Digest of the properties before it. */
  readonly propertiesBefore: string;
}

/** What the object key of a deployment contains: enough to order deployments by a list of keys. */
export interface RecordedDeployment extends Pick<DeploymentRecord, 'requestId' | 'receivedAt'> {
  /** Higher for a later deployment. */
  readonly sequence: number;
}

/** Prefix of all recorded deployments of a resource, the earliest first. */
export function deploymentRecordPrefix({ stackName, logicalId }: { readonly stackName: string; readonly logicalId: string }): string {
  return `deployments/${stackName}/${logicalId}/`;
}

export function deploymentRecordKey(prefix: string, { sequence, requestId, receivedAt }: RecordedDeployment): string {
  return `${prefix}${String(sequence).padStart(6, '0')}-${receivedAt.replaceAll(':', '')}-${requestId}.json`;
}

/** What an object key contains. Undefined for the key of another object. */
export function readDeploymentRecordKey(prefix: string, key: string): RecordedDeployment | undefined {
  const [, sequence, day, hours, minutes, seconds, requestId] = OBJECT_NAME.exec(key.slice(prefix.length)) ?? [];
  if (requestId === undefined) return undefined;
  return { sequence: Number(sequence), requestId, receivedAt: `${day}T${hours}:${minutes}:${seconds}Z` };
}

const OBJECT_NAME = /^(\d{6,})-(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z-(.+)\.json$/;
