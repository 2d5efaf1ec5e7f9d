import type { Place } from './identifiers';
import type { KmsKey } from './kms-key';

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

  /** Key ids are unique; only related multi-Region keys have the same one, each in its own Region. */
  public findKey(region: string, keyId: string): KmsKey | undefined {
    for (const store of this.stores.values()) {
      const key = store.place.region === region ? store.keys.get(keyId) : undefined;
      if (key !== undefined) return key;
    }
    return undefined;
  }
}
