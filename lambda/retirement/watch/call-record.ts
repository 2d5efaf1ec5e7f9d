/**
 * The fields of a failed call to KMS that the watch needs. The encryption context, which may be personal data, is never
 * written to the evidence or the log.
 */
export interface CallRecord {
  readonly eventId: string;
  readonly at: Date;
  readonly operation: string;
  readonly errorCode: string;
  /** The ARN of the caller. If the record has none: the AWS service, the account id, or `unknown`. */
  readonly principal: string;
  /** The ARN of the role whose session made the call. */
  readonly role?: string;
  /** Every identifier of a key in the record: ids, ARNs, aliases. */
  readonly keyNames: readonly string[];
  /** Absent if the call was denied: CloudTrail then omits the request parameters. */
  readonly encryptionContext?: { readonly [name: string]: unknown };
}

/** ARNs of keys and aliases, in any partition. */
const KEY_ARNS = /arn:[\w-]+:kms:[\w-]+:\d{12}:(?:key|alias)\/[\w/-]+/g;

/** Request parameters of KMS that identify a key. */
const KEY_PARAMETERS = ['keyId', 'sourceKeyId', 'destinationKeyId'];

/**
 * Reads a CloudTrail record, as EventBridge delivers it. Every field is checked, because which fields exist depends on
 * the operation, the caller and the result. Returns the name of the missing field if the record cannot be used.
 */
export function readCallRecord(detail: unknown): CallRecord | { readonly missing: string } {
  const record = members(detail);
  const eventId = text(record.eventID);
  if (eventId === undefined || !/^[\w-]{1,128}$/.test(eventId)) return { missing: 'eventID' };
  const operation = text(record.eventName);
  if (operation === undefined) return { missing: 'eventName' };
  const at = new Date(text(record.eventTime) ?? NaN);
  if (Number.isNaN(at.getTime())) return { missing: 'eventTime' };

  const identity = members(record.userIdentity);
  const parameters = members(record.requestParameters);
  return {
    eventId,
    at,
    operation,
    errorCode: text(record.errorCode) ?? 'none',
    principal: text(identity.arn) ?? text(identity.invokedBy) ?? text(identity.accountId) ?? 'unknown',
    role: text(members(members(identity.sessionContext).sessionIssuer).arn) ?? text(identity.arn),
    keyNames: [
      ...list(record.resources).map((resource) => text(members(resource).ARN)),
      ...KEY_PARAMETERS.map((parameter) => text(parameters[parameter])),
      ...(text(record.errorMessage)?.match(KEY_ARNS) ?? []),
    ].filter((name) => name !== undefined),
    encryptionContext: parameters.encryptionContext === undefined ? undefined : members(parameters.encryptionContext),
  };
}

type Members = { readonly [name: string]: unknown };

export function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? value as Members : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
