/** A failed call to KMS, as far as the watch needs it. The encryption context and all other payload stay where they are: they may be personal data. */
export interface CallRecord {
  readonly eventId: string;
  readonly at: Date;
  readonly operation: string;
  readonly errorCode: string;
  /** The ARN of the caller, or what CloudTrail has instead. */
  readonly principal: string;
  /** The ARN of the role whose session called. */
  readonly role?: string;
  /** Every name under which the record speaks of a key: ids, ARNs, aliases. */
  readonly keyNames: readonly string[];
  /** Absent where the call was denied: CloudTrail leaves out what was asked. */
  readonly encryptionContext?: { readonly [name: string]: unknown };
}

/** ARNs of keys and aliases, in any partition. */
const KEY_ARNS = /arn:[\w-]+:kms:[\w-]+:\d{12}:(?:key|alias)\/[\w/-]+/g;

/** Where a request to KMS may name a key. */
const KEY_PARAMETERS = ['keyId', 'sourceKeyId', 'destinationKeyId'];

/**
 * Reads a record of CloudTrail, as EventBridge delivers it. Nothing in it is taken for granted: which members there are depends on
 * operation, caller and outcome. Answers the name of what it lacks, if it cannot be used.
 */
export function readCallRecord(detail: unknown): CallRecord | { readonly lacks: string } {
  const record = members(detail);
  const eventId = text(record.eventID);
  if (eventId === undefined || !/^[\w-]{1,128}$/.test(eventId)) return { lacks: 'eventID' };
  const operation = text(record.eventName);
  if (operation === undefined) return { lacks: 'eventName' };
  const at = new Date(text(record.eventTime) ?? NaN);
  if (Number.isNaN(at.getTime())) return { lacks: 'eventTime' };

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

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? value as Members : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
