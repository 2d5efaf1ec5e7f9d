import { createHash, type KeyObject } from 'node:crypto';
import { canonical, type Item } from '../../local/in-process/dynamodb/expressions';
import type { MemoryTable } from '../../local/in-process/dynamodb/memory-table';
import { open, readCiphertext, type SymmetricCiphertext } from '../../local/kms/crypto/encryption/symmetric-ciphertext';
import type { KeyStore } from '../../local/kms/model/keys/key-store';

/** A version of a record: what the table held from one write to the next one. */
export interface RecordVersion {
  readonly store: number;
  readonly record: string;
  readonly item: Item;
  /** The key and key material under which its data key is encrypted. */
  readonly keyId: string;
  readonly materialId: string;
  /** The hash of its data key. Absent if the data key could not be decrypted when it was written. */
  readonly dataKeyHash?: string;
  readonly since: number;
  /** When it was replaced or deleted, in epoch milliseconds. A backup of that moment still contains it. */
  until: number;
}

/**
 * All records and all their former versions, as the tables held them. This is what an account must never lose: its
 * records, and those in backups for as long as these are kept.
 *
 * It reads tables and keys in memory and makes no call, because a call would change the last use of a key.
 */
export class Records {
  /** Present versions, and former ones that a backup may still contain. */
  private versions: RecordVersion[] = [];
  private readonly present = new Map<string, RecordVersion>();
  /** The hashes of the data keys that the application has received for a record. */
  private readonly known = new Map<string, Set<string>>();
  private readonly plaintexts: Uint8Array[] = [];
  private readonly written = new Set<string>();
  private readonly changed: string[] = [];

  public constructor(
    private readonly keys: KeyStore, private readonly now: () => number, private readonly retentionMilliseconds: number,
  ) {}

  public watch(table: MemoryTable, store: number): void {
    table.onWrite = (before, after) => this.afterWrite(store, before, after);
  }

  /** The application has received a data key for a record. */
  public received(record: string, plaintext: Uint8Array): void {
    const hashes = this.known.get(record) ?? new Set();
    this.plaintexts.push(plaintext);
    this.known.set(record, hashes.add(hash(plaintext)));
  }

  /** The application is about to write this item. All other writes are those of the functions. */
  public writes(item: Item): void {
    this.written.add(canonical(item.dataKey));
  }

  /** Every data key that the application has received, for the law that none is anywhere else. */
  public get dataKeys(): readonly Uint8Array[] {
    return this.plaintexts;
  }

  /** The versions that are in a table or can be restored from a backup now. */
  public get needed(): readonly RecordVersion[] {
    const oldest = this.now() - this.retentionMilliseconds;
    this.versions = this.versions.filter(({ until }) => until >= oldest);
    return this.versions;
  }

  public get inTables(): readonly RecordVersion[] {
    return [...this.present.values()];
  }

  /** Writes after which a data key was another one. */
  public get wrongWrites(): readonly string[] {
    return this.changed;
  }

  /** The versions of one record that can be restored, the oldest first. */
  public restorable(store: number, record: string): readonly RecordVersion[] {
    return this.needed.filter((version) => version.store === store && version.record === record && version.until !== Infinity);
  }

  private afterWrite(store: number, before: Item | undefined, after: Item | undefined): void {
    const record = recordOf((after ?? before) as Item);
    const place = `${store}/${record}`;
    const former = this.present.get(place);
    if (former !== undefined) former.until = this.now();
    this.present.delete(place);
    if (after?.dataKey?.B === undefined) return;
    const ciphertext = readCiphertext(Buffer.from(after.dataKey.B));
    const { keyId, materialIdPrefix } = ciphertext;
    const material = this.keys.keys.get(keyId)?.materials.all.find(({ id }) => id.startsWith(materialIdPrefix));
    const materialId = material?.id ?? materialIdPrefix;
    const dataKeyHash = hashOf(ciphertext, material, after);
    const version = { store, record, item: after, keyId, materialId, dataKeyHash, since: this.now(), until: Infinity };
    this.versions.push(version);
    this.present.set(place, version);
    if (dataKeyHash === undefined || this.known.get(record)?.has(dataKeyHash) !== true) {
      this.changed.push(`${record} has a data key that is not its own`);
    } else if (!this.written.has(canonical(after.dataKey)) && former?.dataKeyHash !== dataKeyHash) {
      this.changed.push(`${record} has an older data key: a write of the application is lost`);
    }
  }
}

export function contextOf({ tenantId }: Item): { [name: string]: string } {
  return { tenant: tenantId?.S ?? '', purpose: 'orders' };
}

function recordOf({ orderId }: Item): string {
  return orderId?.S ?? '';
}

function hashOf(
  ciphertext: SymmetricCiphertext, material: { readonly id: string; readonly secret?: KeyObject } | undefined, item: Item,
): string | undefined {
  if (material?.secret === undefined) return undefined;
  try {
    return hash(open(ciphertext, { id: material.id, secret: material.secret }, contextOf(item)));
  } catch {
    return undefined;
  }
}

function hash(plaintext: Uint8Array): string {
  return createHash('sha256').update(plaintext).digest('hex');
}
