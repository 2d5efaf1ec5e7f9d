import type { AuditRecord } from './audit-log';

/** The CloudTrail record of a call to KMS, as EventBridge delivers it in `detail`. */
export interface CloudTrailRecord {
  readonly eventVersion: string;
  readonly userIdentity: { readonly [field: string]: unknown };
  readonly eventTime: string;
  readonly eventSource: 'kms.amazonaws.com';
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: { readonly [field: string]: unknown } | null;
  readonly responseElements: { readonly [field: string]: unknown } | null;
  /** The key materials that the call used. They are not part of request or answer. */
  readonly additionalEventData?: { readonly [field: string]: unknown };
  readonly requestID: string;
  readonly eventID: string;
  /** EventBridge delivers read-only events only to rules that request all management events. */
  readonly readOnly: boolean;
  readonly resources?: readonly { readonly accountId: string; readonly type: 'AWS::KMS::Key'; readonly ARN: string }[];
  readonly eventType: 'AwsApiCall';
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  readonly eventCategory: 'Management';
}

/** CloudTrail classifies cryptographic operations as read-only, like every List, Get and Describe operation. */
const READ_ONLY = new RegExp('^(?:List|Get|Describe|Encrypt|Decrypt|ReEncrypt|GenerateDataKey|GenerateRandom|GenerateMac|VerifyMac'
  + '|DeriveSharedSecret|Encapsulate|Decapsulate|Sign$|Verify$)');

/**
 * The record that CloudTrail would write about a call that the local KMS has answered. It holds neither
 * plaintext nor ciphertext.
 *
 * The record of a denied request has neither parameters nor resources, as in AWS: only the error message names the key.
 *
 * @param principals returns the principal of an access key: the ARN of a role, of a user, or of the root of an account
 */
export function toCloudTrailRecord(record: AuditRecord, principals: (accessKey: string) => string): CloudTrailRecord {
  const denied = record.status === 'AccessDeniedException';
  const resources = record.keyArns.map((ARN) => ({ accountId: accountOf(ARN), type: 'AWS::KMS::Key' as const, ARN }));
  return {
    eventVersion: '1.11',
    userIdentity: identityOf(principals(record.accessKey), record),
    eventTime: record.time.toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: 'kms.amazonaws.com',
    eventName: record.operation,
    awsRegion: record.region,
    sourceIPAddress: '127.0.0.1',
    userAgent: 'local',
    ...errorOf(record),
    requestParameters: denied ? null : record.cloudTrail.requestParameters,
    responseElements: record.cloudTrail.responseElements,
    ...(record.cloudTrail.additionalEventData && { additionalEventData: record.cloudTrail.additionalEventData }),
    requestID: record.requestId,
    eventID: record.eventId,
    readOnly: READ_ONLY.test(record.operation),
    ...(!denied && resources.length > 0 && { resources }),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: record.account,
    eventCategory: 'Management',
  };
}

/** A call whose answer was lost has succeeded, so that its record has no error. */
function errorOf({ status, errorMessage }: AuditRecord): { errorCode?: string; errorMessage?: string } {
  if (status === 'answered' || status === 'lost') return {};
  const errorCode = status === 'AccessDeniedException' ? 'AccessDenied' : status;
  return { errorCode, ...(errorMessage !== undefined && { errorMessage }) };
}

/** Functions act in sessions of their role; the role is the issuer of the session. */
function identityOf(principalArn: string, { account, accessKey }: AuditRecord): CloudTrailRecord['userIdentity'] {
  const [, , , , accountId = account, resource = ''] = principalArn.split(':');
  const userName = resource.split('/').at(-1) ?? '';
  if (resource === 'root') return { type: 'Root', principalId: accountId, arn: principalArn, accountId, accessKeyId: accessKey };
  if (!resource.startsWith('role/')) {
    return { type: 'IAMUser', principalId: accessKey, arn: principalArn, accountId, accessKeyId: accessKey, userName };
  }
  const principalId = `AROA${userName}`;
  return {
    type: 'AssumedRole',
    principalId: `${principalId}:${accessKey}`,
    arn: `${principalArn.replace(':iam:', ':sts:').replace(/:role\/.*$/, '')}:assumed-role/${userName}/${accessKey}`,
    accountId,
    accessKeyId: accessKey,
    sessionContext: { sessionIssuer: { type: 'Role', principalId, arn: principalArn, accountId, userName } },
  };
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}
