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
      if (key.deletionAt !== undefined && key.deletionAt <= now) {
        this.remove(key);
      } else {
        this.expectEffectAt(Math.min(key.materials.nextExpiry, key.deletionAt ?? Infinity));
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
    if (store === undefined) this.stores.set(name, store = new KeyStore({ ...place }));
    return store;
  }
}
