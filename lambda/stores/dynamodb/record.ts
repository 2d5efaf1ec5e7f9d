import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { encodeKey, type ItemKey } from './key';
import type { DynamoTableDescription } from '../../../src/contract/stores/store-description';
import type { RecordContext, StoredRecord } from '../../ports/records';

export type Item = { readonly [attribute: string]: AttributeValue };

/** The contents of an item when it was read. The write is conditional on all of them being unchanged. */
export interface SeenItem {
  readonly key: ItemKey;
  readonly dataKey: AttributeValue;
  readonly contextAttributes: Item;
}

/** The shape of the records of one table. */
export type RecordShape = Pick<DynamoTableDescription, 'dataKeyAttribute' | 'keyIdAttribute' | 'encryptionContext'> & {
  readonly keyAttributes: readonly string[];
};

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
    recordedKeyId: shape.keyIdAttribute === undefined ? undefined : readKeyId(item[shape.keyIdAttribute]),
    encryptionContext: readContext(item, shape),
    seen,
  };
}

/** The blob in the form that the attribute has: binary stays binary, base64 stays base64. */
export function toDataKey(blob: Uint8Array, like: AttributeValue): AttributeValue {
  return like.S === undefined ? { B: blob } : { S: Buffer.from(blob).toString('base64') };
}

/**
 * The recorded key id in the form that the item has: a bare key id stays a bare key id, any other value becomes an ARN.
 */
export function toKeyId(keyArn: string, like: string | undefined): AttributeValue {
  return { S: BARE_KEY_ID.test(like ?? '') ? keyArn.slice(keyArn.lastIndexOf('/') + 1) : keyArn };
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
  const blob = Buffer.from(value.S, 'base64');
  // Buffer ignores characters that are not base64: the text was base64 only if encoding gives the same text again.
  return blob.toString('base64') === value.S ? blob : 'malformed';
}

/** A recorded key id that is not a string cannot name a key. */
function readKeyId(value: AttributeValue | undefined): string | undefined {
  return value === undefined || value.NULL === true ? undefined : value.S ?? '';
}

function readContext(item: Item, { encryptionContext }: RecordShape): RecordContext {
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

/** The attributes that the encryption context is read from. */
export function contextAttributesOf({ encryptionContext }: RecordShape): string[] {
  return Object.values(encryptionContext).flatMap((source) => (source.kind === 'attribute' ? [source.attribute] : []));
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.flatMap((name) => {
    const value = item[name];
    return value === undefined ? [] : [[name, value]];
  }));
}
