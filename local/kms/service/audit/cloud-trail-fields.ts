import type { Answer } from '../../operations/call/operation';

type Fields = { readonly [field: string]: unknown };

/** What CloudTrail tells of a call's request and answer. Bytes never stand here, and tokens neither. */
export interface ToldOfCall {
  readonly requestParameters: Fields | null;
  readonly responseElements: Fields | null;
  readonly additionalEventData?: Fields;
}

/** Members of requests that would let a reader of the log act for somebody. */
const TOKENS: ReadonlySet<string> = new Set(['GrantTokens', 'GrantToken']);
/** Members whose own fields are the user's words, not names of members: they stay as they are. */
const USERS_WORDS = /EncryptionContext/;
const TIME = /Date$|^ValidTo$/;

/** The algorithm, which requests may leave out, is always told. */
const ALGORITHM = 'SYMMETRIC_DEFAULT';

/**
 * The members of answers that are told, operation by operation. What is not named here is not told: in an answer, bytes are text like any
 * other, so that only a list of the harmless is safe.
 */
const TOLD_OF_ANSWER: Readonly<Record<string, readonly string[]>> = {
  CreateGrant: ['GrantId'],
  CreateKey: ['KeyMetadata'],
  DeleteImportedKeyMaterial: ['KeyMaterialId'],
  ImportKeyMaterial: ['KeyMaterialId'],
  ReplicateKey: ['ReplicaKeyMetadata', 'ReplicaPolicy', 'ReplicaTags'],
  ScheduleKeyDeletion: ['KeyState', 'DeletionDate', 'PendingWindowInDays'],
};
/** Operations that change something about one key: the log names it in full, even where the answer is empty. */
const CHANGES_OF_A_KEY: ReadonlySet<string> = new Set([
  'CancelKeyDeletion', 'CreateAlias', 'CreateGrant', 'DeleteAlias', 'DeleteImportedKeyMaterial', 'DisableKey', 'DisableKeyRotation', 'EnableKey',
  'EnableKeyRotation', 'ImportKeyMaterial', 'PutKeyPolicy', 'RetireGrant', 'RevokeGrant', 'RotateKeyOnDemand', 'ScheduleKeyDeletion', 'TagResource',
  'UntagResource', 'UpdateAlias', 'UpdateKeyDescription', 'UpdatePrimaryRegion',
]);
/** Key materials that cryptography has used. */
const TOLD_BESIDE: Readonly<Record<string, readonly string[]>> = {
  Decrypt: ['KeyMaterialId'],
  GenerateDataKey: ['KeyMaterialId'],
  GenerateDataKeyPair: ['KeyMaterialId'],
  GenerateDataKeyPairWithoutPlaintext: ['KeyMaterialId'],
  GenerateDataKeyWithoutPlaintext: ['KeyMaterialId'],
  ReEncrypt: ['SourceKeyMaterialId', 'DestinationKeyMaterialId'],
};

/**
 * @param request as the operation read it: bytes are buffers there, and so easily left out
 * @param answer absent when the call was refused, and where AWS answers nothing
 */
export function toldOfCall(operation: string, request: object, answer: Answer, keyArns: readonly string[], succeeded: boolean): ToldOfCall {
  const requestParameters = { ...defaultsOf(operation, request, keyArns), ...fieldsOf(request, 1) };
  const responseElements = {
    ...(succeeded && CHANGES_OF_A_KEY.has(operation) && keyArns[0] !== undefined && { keyId: keyArns[0] }),
    ...fieldsOf(pick(answer, TOLD_OF_ANSWER[operation]), 1000),
  };
  const additionalEventData = orNull(fieldsOf(pick(answer, TOLD_BESIDE[operation]), 1000));
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
      return { sourceEncryptionAlgorithm: ALGORITHM, destinationEncryptionAlgorithm: ALGORITHM, ...(sourceKeyId !== undefined && { sourceKeyId }) };
    }
    default:
      return {};
  }
}

/** @param unit milliseconds in one unit of time: requests are read into milliseconds, answers are written in seconds */
function fieldsOf(members: object, unit: number): Fields {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members) as [string, unknown][]) {
    if (value === undefined || TOKENS.has(name) || Buffer.isBuffer(value)) continue;
    const field = name.charAt(0).toLowerCase() + name.slice(1);
    if (typeof value === 'number' && TIME.test(name)) fields[field] = dateInWords(value * unit);
    else fields[field] = USERS_WORDS.test(name) ? value : told(value, unit);
  }
  return fields;
}

function told(value: unknown, unit: number): unknown {
  if (Array.isArray(value)) return value.filter((each) => !Buffer.isBuffer(each)).map((each) => told(each, unit));
  return typeof value === 'object' && value !== null ? fieldsOf(value, unit) : value;
}

function pick(answer: Answer, names: readonly string[] = []): Record<string, unknown> {
  return answer === undefined ? {} : Object.fromEntries(names.map((name) => [name, answer[name]]));
}

function orNull(fields: Fields): Fields | null {
  return Object.keys(fields).length === 0 ? null : fields;
}

const IN_WORDS = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });

/** As CloudTrail writes times inside requests and answers: `Jan 5, 2026, 6:58:30 PM`. */
function dateInWords(milliseconds: number): string {
  // Some versions of the library that formats put a narrow space before AM and PM.
  return IN_WORDS.format(milliseconds).replace(/\u202f/g, ' ');
}
