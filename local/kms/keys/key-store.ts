import type { Place } from './identifiers';
import type { KmsKey } from './kms-key';
import { afterChange, seenAt, type FormerValues } from '../propagation/former-values';

export interface Alias {
  readonly aliasName: string;
  keyId: string;
  readonly createdAt: number;
  updatedAt: number;
}

/** The keys and aliases of one account in one Region. */
export class KeyStore {
  public readonly keys = new Map<string, KmsKey>();
  public readonly aliases = new Map<string, Alias>();
  /** Key ids that an alias name still resolves to while a change spreads; `undefined` where it resolved to none. By alias name. */
  public readonly formerTargets = new Map<string, FormerValues<string | undefined>>();
  /** No effect of time is due before this moment, so that most calls need not look. */
  private nextEffectAt = Infinity;

  public constructor(public readonly place: Place) {}

  /** Must be told of every change that time will act on later. */
  public expectEffectAt(moment: number): void {
    this.nextEffectAt = Math.min(this.nextEffectAt, moment);
  }

  /** Does what time has brought since the last call: material expires, and keys whose window is over vanish with their aliases. */
  public settle(now: number): void {
    if (now < this.nextEffectAt) return;
    this.nextEffectAt = Infinity;
    for (const key of this.keys.values()) {
      key.materials.expire(now);
      if (key.transition !== undefined && key.transition.until <= now) key.transition = undefined;
      if (key.deletionAt !== undefined && key.deletionAt <= now) {
        this.remove(key);
      } else {
        this.expectEffectAt(Math.min(key.materials.nextExpiry, key.deletionAt ?? Infinity, key.transition?.until ?? Infinity));
      }
    }
  }

  public aliasesOf(key: KmsKey): Alias[] {
    return [...this.aliases.values()].filter((alias) => alias.keyId === key.keyId);
  }

  /** What an alias means to those who use a key by it. */
  public resolveAlias(aliasName: string, now: number): string | undefined {
    return seenAt(this.aliases.get(aliasName)?.keyId, this.formerTargets.get(aliasName) ?? [], now);
  }

  /** Must be told before an alias is made, moved or deleted: until the delay is over, it goes on meaning what it means now. */
  public aliasChanges(aliasName: string, now: number, delay: number): void {
    const former = afterChange(this.aliases.get(aliasName)?.keyId, this.formerTargets.get(aliasName) ?? [], now, delay);
    if (former.length === 0) this.formerTargets.delete(aliasName);
    else this.formerTargets.set(aliasName, former);
  }

  private remove(key: KmsKey): void {
    for (const alias of this.aliasesOf(key)) this.aliases.delete(alias.aliasName);
    this.keys.delete(key.keyId);
  }
}

/** All key stores of a KMS: accounts and Regions are worlds apart. */
export class KeyStores {
  private readonly stores = new Map<string, KeyStore>();

  public at(place: Place): KeyStore {
    const name = `${place.account}/${place.region}`;
    let store = this.stores.get(name);
    if (store === undefined) {
      const { partition, region, account } = place;
      this.stores.set(name, store = new KeyStore({ partition, region, account }));
    }
    return store;
  }

  /** Does what time has brought, everywhere. */
  public settle(now: number): void {
    for (const store of this.stores.values()) store.settle(now);
  }

  /** The keys of all accounts in a Region. */
  public* keysIn(region: string): Iterable<KmsKey> {
    for (const store of this.stores.values()) if (store.place.region === region) yield* store.keys.values();
  }

  /** Key ids are unique; only related multi-Region keys have the same one, each in its own Region. */
  public findKey(region: string, keyId: string): KmsKey | undefined {
    for (const store of this.stores.values()) {
      const key = store.place.region === region ? store.keys.get(keyId) : undefined;
      if (key !== undefined) return key;
    }
    return undefined;
  }
}
