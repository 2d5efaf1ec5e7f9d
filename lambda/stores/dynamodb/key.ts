import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The primary key of an item, or a position in a scan: attributes of type string, number or binary. */
export type ItemKey = { readonly [attribute: string]: AttributeValue };

/** Writes a key as JSON, with binary values in base64 and the attributes sorted: equal keys always give equal text. */
export function encodeKey(key: ItemKey): string {
  const names = Object.keys(key).sort();
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, encodeValue(key[name])])));
}

/** Reads a key that `encodeKey` has written. */
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
