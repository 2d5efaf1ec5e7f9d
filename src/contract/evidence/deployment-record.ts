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
}

/** Prefix of all recorded deployments of a resource, the earliest first. */
export function deploymentRecordPrefix({ stackName, logicalId }: { readonly stackName: string; readonly logicalId: string }): string {
  return `deployments/${stackName}/${logicalId}/`;
}

/** Object key of a deployment. It contains everything that the record does, so that a list of keys is enough. */
export function deploymentRecordKey(prefix: string, { requestId, receivedAt }: Pick<DeploymentRecord, 'requestId' | 'receivedAt'>): string {
  return `${prefix}${receivedAt.replaceAll(':', '')}-${requestId}.json`;
}

/** What an object key contains. Undefined for the key of another object. */
export function readDeploymentRecordKey(prefix: string, key: string): Pick<DeploymentRecord, 'requestId' | 'receivedAt'> | undefined {
  const [, day, hours, minutes, seconds, requestId] = OBJECT_NAME.exec(key.slice(prefix.length)) ?? [];
  return requestId === undefined ? undefined : { requestId, receivedAt: `${day}T${hours}:${minutes}:${seconds}Z` };
}

const OBJECT_NAME = /^(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z-(.+)\.json$/;
