import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The primary key of an item, or a place in a scan: attributes of text, number or bytes. */
export type ItemKey = { readonly [attribute: string]: AttributeValue };

/** Writes a key as JSON, bytes in base64, attributes in order: the same key is always the same text. */
export function encodeKey(key: ItemKey): string {
  const names = Object.keys(key).sort();
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, encodeValue(key[name])])));
}

/** Reads back what `encodeKey` wrote. */
export function decodeKey(text: string): ItemKey {
  const encoded = JSON.parse(text) as { [name: string]: EncodedValue };
  return Object.fromEntries(Object.entries(encoded).map(([name, value]) => [name, decodeValue(value)]));
}

type EncodedValue = { readonly S: string } | { readonly N: string } | { readonly B: string };

function encodeValue(value: AttributeValue | undefined): EncodedValue {
  if (value?.S !== undefined) return { S: value.S };
  if (value?.N !== undefined) return { N: value.N };
  return { B: Buffer.from(value?.B ?? []).toString('base64') };
}

function decodeValue(value: EncodedValue): AttributeValue {
  return 'B' in value ? { B: Buffer.from(value.B, 'base64') } : value;
}
