import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { encodeKey, type ItemKey } from './key';
import type { DynamoTableDescription, EncryptionContextDescription } from '../../../src/contract/stores/store-description';
import type { RecordContext, StoredRecord } from '../../ports/records';
import { readBase64, writeBase64, type Alphabet } from '../formats/base64-text';

export type Item = { readonly [attribute: string]: AttributeValue };

/** The contents of an item when it was read. The write is conditional on all of them being unchanged. */
export interface SeenItem {
  readonly key: ItemKey;
  readonly dataKey: AttributeValue;
  readonly contextAttributes: Item;
}

type DeclaredShape = Pick<DynamoTableDescription, 'dataKeyAttribute' | 'keyIdAttribute' | 'encryptionContext' | 'formerEncryptionContexts'>;

/** The shape of the records of one table. */
export interface RecordShape extends DeclaredShape {
  readonly keyAttributes: readonly string[];
}

/** The attributes that a record consists of, without duplicates. */
export function attributesOf(shape: RecordShape): string[] {
  const { keyAttributes, dataKeyAttribute, keyIdAttribute } = shape;
  return [
    ...new Set([
      ...keyAttributes,
      dataKeyAttribute,
      ...(keyIdAttribute === undefined ? [] : [keyIdAttribute]),
      ...contextAttributesOf(shape),
    ]),
  ];
}

/** Reads an item as a record. */
export function toRecord(item: Item, shape: RecordShape): StoredRecord {
  const key = pick(item, shape.keyAttributes);
  const dataKey = item[shape.dataKeyAttribute];
  const seen: SeenItem = { key, dataKey: dataKey ?? { NULL: true }, contextAttributes: pick(item, contextAttributesOf(shape)) };
  return {
    locator: encodeKey(key),
    blob: readBlob(dataKey),
    form: describeForm(dataKey),
    recordedKeyId: shape.keyIdAttribute === undefined ? undefined : readKeyId(item[shape.keyIdAttribute]),
    encryptionContext: readContext(item, shape.encryptionContext),
    formerContexts: shape.formerEncryptionContexts?.map((context) => readContext(item, context)),
    seen,
  };
}

/**
 * The blob in the form that the attribute has: binary stays binary, and base64 keeps its alphabet, padding and lines.
 * `alphabet` is that of the other records, for a text that does not show its own.
 */
export function toDataKey(blob: Uint8Array, like: AttributeValue, alphabet: Alphabet): AttributeValue {
  const text = like.S === undefined ? undefined : readBase64(like.S);
  return text === undefined ? { B: blob } : { S: writeBase64(blob, text.form, alphabet) };
}

/** The alphabet that a data key in base64 shows. Most texts show it, and some could have either. */
export function alphabetOf(item: Item, { dataKeyAttribute }: RecordShape): Alphabet | undefined {
  const text = item[dataKeyAttribute]?.S;
  return text === undefined ? undefined : readBase64(text)?.form.alphabet;
}

/**
 * The recorded key id in the form that the item has: a bare key id stays a bare key id, any other value becomes an ARN.
 */
export function toKeyId(keyArn: string, like: string | undefined): AttributeValue {
  return { S: BARE_KEY_ID.test(like ?? '') ? keyArn.slice(keyArn.lastIndexOf('/') + 1) : keyArn };
}

/** Whether a recorded key id is one that KMS returned, and not an alias: a reader may pass it to KMS. */
export function namesKey(recordedKeyId: string | undefined): boolean {
  return BARE_KEY_ID.test(recordedKeyId?.slice(recordedKeyId.lastIndexOf('/') + 1) ?? '');
}

/** Whether an attribute holds exactly this blob. */
export function sameDataKey(value: AttributeValue | undefined, dataKey: AttributeValue): boolean {
  if (dataKey.S !== undefined) return value?.S === dataKey.S;
  return value?.B !== undefined && Buffer.compare(value.B, dataKey.B as Uint8Array) === 0;
}

const BARE_KEY_ID = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/** Object mappers write NULL for an attribute without a value. */
function readBlob(value: AttributeValue | undefined): StoredRecord['blob'] {
  if (value === undefined || value.NULL === true) return 'absent';
  if (value.B !== undefined) return value.B;
  if (value.S === undefined) return 'malformed';
  return readBase64(value.S)?.bytes ?? 'malformed';
}

/** The kind and the size of an attribute, never its content. */
function describeForm(value: AttributeValue | undefined): string {
  if (value === undefined || value.NULL === true) return 'nothing';
  if (value.B !== undefined) return `binary of ${value.B.length} bytes`;
  if (value.S !== undefined) return `text of ${value.S.length} characters, ${readBase64(value.S) === undefined ? 'not ' : ''}base64`;
  if (value.M !== undefined) return `a map of ${Object.keys(value.M).length} entries`;
  return `an attribute of type ${Object.keys(value)[0] ?? 'unknown'}`;
}

/** A recorded key id that is not a string cannot name a key. */
function readKeyId(value: AttributeValue | undefined): string | undefined {
  return value === undefined || value.NULL === true ? undefined : value.S ?? '';
}

function readContext(item: Item, encryptionContext: EncryptionContextDescription): RecordContext {
  const context: { [name: string]: string } = {};
  for (const [name, source] of Object.entries(encryptionContext)) {
    if (source.kind === 'literal') {
      context[name] = source.value;
      continue;
    }
    const value = item[source.attribute];
    const text = value?.S ?? value?.N;
    if (text === undefined) return { kind: 'missing', attribute: source.attribute };
    context[name] = text;
  }
  return { kind: 'known', context };
}

/** The attributes that the encryption context is read from, or was read from once. */
export function contextAttributesOf({ encryptionContext, formerEncryptionContexts = [] }: RecordShape): string[] {
  return [encryptionContext, ...formerEncryptionContexts]
    .flatMap((context) => Object.values(context))
    .flatMap((source) => (source.kind === 'attribute' ? [source.attribute] : []));
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.flatMap((name) => {
    const value = item[name];
    return value === undefined ? [] : [[name, value]];
  }));
}
