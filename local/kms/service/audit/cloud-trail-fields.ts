import type { Answer } from '../../operations/call/operation';

type Fields = { readonly [field: string]: unknown };

/**
 * The fields of request and answer that CloudTrail records. They never hold key material, plaintext,
 * ciphertext or tokens.
 */
export interface CloudTrailFields {
  readonly requestParameters: Fields | null;
  readonly responseElements: Fields | null;
  readonly additionalEventData?: Fields;
}

/** Members of requests with which a reader of the log could act for the caller. */
const TOKENS: ReadonlySet<string> = new Set(['GrantTokens', 'GrantToken']);
/** Members whose fields are named by the user, not by AWS: their names stay unchanged. */
const NAMED_BY_USER = /EncryptionContext/;
const TIME = /Date$|^ValidTo$/;

/** The algorithm, which requests may omit, is always recorded. */
const ALGORITHM = 'SYMMETRIC_DEFAULT';

/**
 * The members of answers that are recorded, for each operation. Only members of this list are recorded: key material in
 * an answer is text like any other member, so that only a list of harmless members is safe.
 */
const MEMBERS_OF_ANSWER: Readonly<Record<string, readonly string[]>> = {
  CreateGrant: ['GrantId'],
  CreateKey: ['KeyMetadata'],
  DeleteImportedKeyMaterial: ['KeyMaterialId'],
  ImportKeyMaterial: ['KeyMaterialId'],
  ReplicateKey: ['ReplicaKeyMetadata', 'ReplicaPolicy', 'ReplicaTags'],
  ScheduleKeyDeletion: ['KeyState', 'DeletionDate', 'PendingWindowInDays'],
};
/** Operations that change one key: the log names its ARN, even if the answer is empty. */
const CHANGES_OF_A_KEY: ReadonlySet<string> = new Set([
  'CancelKeyDeletion', 'CreateAlias', 'CreateGrant', 'DeleteAlias', 'DeleteImportedKeyMaterial', 'DisableKey', 'DisableKeyRotation',
  'EnableKey', 'EnableKeyRotation', 'ImportKeyMaterial', 'PutKeyPolicy', 'RetireGrant', 'RevokeGrant', 'RotateKeyOnDemand',
  'ScheduleKeyDeletion', 'TagResource',
  'UntagResource', 'UpdateAlias', 'UpdateKeyDescription', 'UpdatePrimaryRegion',
]);
/** The key materials that a cryptographic operation has used. */
const ADDITIONAL_EVENT_DATA: Readonly<Record<string, readonly string[]>> = {
  Decrypt: ['KeyMaterialId'],
  GenerateDataKey: ['KeyMaterialId'],
  GenerateDataKeyPair: ['KeyMaterialId'],
  GenerateDataKeyPairWithoutPlaintext: ['KeyMaterialId'],
  GenerateDataKeyWithoutPlaintext: ['KeyMaterialId'],
  ReEncrypt: ['SourceKeyMaterialId', 'DestinationKeyMaterialId'],
};

/**
 * The fields that CloudTrail records of one call.
 *
 * @param request as the operation read it: binary members are buffers, which are left out
 * @param answer absent if the call was refused, and where AWS returns nothing
 */
export function cloudTrailFields(
  operation: string, request: object, answer: Answer, keyArns: readonly string[], succeeded: boolean,
): CloudTrailFields {
  const requestParameters = { ...defaultsOf(operation, request, keyArns), ...fieldsOf(request, 1) };
  const responseElements = {
    ...(succeeded && CHANGES_OF_A_KEY.has(operation) && keyArns[0] !== undefined && { keyId: keyArns[0] }),
    ...fieldsOf(pick(answer, MEMBERS_OF_ANSWER[operation]), 1000),
  };
  const additionalEventData = orNull(fieldsOf(pick(answer, ADDITIONAL_EVENT_DATA[operation]), 1000));
  return {
    requestParameters: orNull(requestParameters),
    responseElements: orNull(responseElements),
    ...(additionalEventData !== null && { additionalEventData }),
  };
}

function defaultsOf(operation: string, request: object, keyArns: readonly string[]): Fields {
  if (Object.keys(request).length === 0) return {};
  switch (operation) {
    case 'Encrypt':
    case 'Decrypt':
      return { encryptionAlgorithm: ALGORITHM };
    case 'ReEncrypt': {
      const [sourceKeyId] = keyArns;
      const algorithms = { sourceEncryptionAlgorithm: ALGORITHM, destinationEncryptionAlgorithm: ALGORITHM };
      return { ...algorithms, ...(sourceKeyId !== undefined && { sourceKeyId }) };
    }
    default:
      return {};
  }
}

/**
 * @param unit milliseconds in one unit of time: requests are read into milliseconds, answers are written in seconds
 */
function fieldsOf(members: object, unit: number): Fields {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members) as [string, unknown][]) {
    if (value === undefined || TOKENS.has(name) || Buffer.isBuffer(value)) continue;
    const field = name.charAt(0).toLowerCase() + name.slice(1);
    if (typeof value === 'number' && TIME.test(name)) fields[field] = formatTime(value * unit);
    else fields[field] = NAMED_BY_USER.test(name) ? value : valueOf(value, unit);
  }
  return fields;
}

function valueOf(value: unknown, unit: number): unknown {
  if (Array.isArray(value)) return value.filter((each) => !Buffer.isBuffer(each)).map((each) => valueOf(each, unit));
  return typeof value === 'object' && value !== null ? fieldsOf(value, unit) : value;
}

function pick(answer: Answer, names: readonly string[] = []): Record<string, unknown> {
  return answer === undefined ? {} : Object.fromEntries(names.map((name) => [name, answer[name]]));
}

function orNull(fields: Fields): Fields | null {
  return Object.keys(fields).length === 0 ? null : fields;
}

const TIME_FORMAT = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

/** A time as CloudTrail writes it inside requests and answers: `Jan 5, 2026, 6:58:30 PM`. */
function formatTime(milliseconds: number): string {
  // Some versions of the formatting library put a narrow space before AM and PM.
  return TIME_FORMAT.format(milliseconds).replace(/\u202f/g, ' ');
}
