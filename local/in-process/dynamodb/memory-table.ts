import { createHash, randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { canonical, type Item } from './expressions';

interface StoredItem {
  readonly key: string;
  /** Where the item is in the order of a scan, from 0 to below 1: it also decides its segment. */
  readonly position: number;
  item: Item;
}

/** The items of one table. A scan reads them in the order of a hash of their primary key, as DynamoDB does. */
export class MemoryTable {
  /** A table that is deleted and created again has another one. */
  public readonly id = randomUUID();
  /** Is called after each write, with the item before and after it. */
  public onWrite?: (before: Item | undefined, after: Item | undefined) => void;
  private readonly stored = new Map<string, StoredItem>();
  private sorted: readonly StoredItem[] | undefined;

  public constructor(public readonly name: string, public readonly keyAttributes: readonly string[]) {}

  /** Every item. They must not be changed. */
  public get items(): readonly Item[] {
    return this.inOrder().map(({ item }) => item);
  }

  public get(key: Item): Item | undefined {
    return this.stored.get(this.textOf(key))?.item;
  }

  public put(item: Item): void {
    const key = this.textOf(item);
    const existing = this.stored.get(key);
    const [before, after] = [existing?.item, copy(item)];
    if (existing !== undefined) {
      existing.item = after;
    } else {
      this.stored.set(key, { key, position: positionOf(key), item: after });
      this.sorted = undefined;
    }
    this.onWrite?.(before, after);
  }

  public delete(key: Item): void {
    const text = this.textOf(key);
    const before = this.stored.get(text)?.item;
    if (!this.stored.delete(text)) return;
    this.sorted = undefined;
    this.onWrite?.(before, undefined);
  }

  /** The next items of a segment after a key, and whether more follow. */
  public page(segment: number, segments: number, after: Item | undefined, limit: number): { items: readonly Item[]; more: boolean } {
    const from = after === undefined ? undefined : { key: this.textOf(after), position: positionOf(this.textOf(after)) };
    const following = this.inOrder().filter((each) =>
      Math.floor(each.position * segments) === segment && (from === undefined || compare(each, from) > 0));
    return { items: following.slice(0, limit).map(({ item }) => copy(item)), more: following.length >= limit };
  }

  public keyOf(item: Item): Item {
    return Object.fromEntries(this.keyAttributes.map((name) => [name, item[name] as AttributeValue]));
  }

  private inOrder(): readonly StoredItem[] {
    this.sorted ??= [...this.stored.values()].sort(compare);
    return this.sorted;
  }

  private textOf(item: Item): string {
    return this.keyAttributes.map((name) => canonical(item[name])).join('\n');
  }
}

function positionOf(key: string): number {
  return createHash('sha256').update(key).digest().readUIntBE(0, 6) / 2 ** 48;
}

function compare(one: Omit<StoredItem, 'item'>, other: Omit<StoredItem, 'item'>): number {
  return one.position - other.position || (one.key < other.key ? -1 : Number(one.key > other.key));
}

/** As on the wire: undefined attributes are left out, binary data is copied, and a number is in its shortest form. */
function copy(item: Item): Item {
  const present = Object.entries(item).filter(([, value]) => (value as unknown) !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, copyValue(value)]));
}

function copyValue(value: AttributeValue): AttributeValue {
  if (value.B !== undefined) return { B: Uint8Array.from(value.B) };
  if (value.N !== undefined) return { N: String(Number(value.N)) };
  return structuredClone(value);
}
