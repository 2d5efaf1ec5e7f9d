import { letTimeAct, nextEffectOn } from './effects-of-time';
import type { KmsKey } from './kms-key';
import { leaveRelatedKeys } from './related-keys';
import type { Place } from '../../protocol/identifiers';
import { afterChange, seenAt, type FormerValues } from '../time/former-values';

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
  private nextMoment = Infinity;
  /** Key ids that an alias name still resolves to while a change spreads; `undefined` where it resolved to none. By alias name. */
  public readonly formerTargets = new Map<string, FormerValues<string | undefined>>();

  public constructor(public readonly place: Place) {}

  /** No effect of time is due before this moment, so that most calls need not look. */
  public get nextEffectAt(): number {
    return this.nextMoment;
  }

  /** Must be told of every change that time will act on later. */
  public expectEffectAt(moment: number): void {
    this.nextMoment = Math.min(this.nextMoment, moment);
  }

  /** Does what this very moment brings. Answers the keys that vanished with their aliases, because their window is over. */
  public settle(moment: number): KmsKey[] {
    if (moment < this.nextMoment) return [];
    this.nextMoment = Infinity;
    const vanished: KmsKey[] = [];
    for (const key of this.keys.values()) {
      letTimeAct(key, moment);
      if (key.deletionAt !== undefined && key.deletionAt <= moment) {
        this.remove(key);
        vanished.push(key);
      } else {
        this.expectEffectAt(nextEffectOn(key));
      }
    }
    return vanished;
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
    // Related keys with material of KMS share one; it goes with the last of them.
    if (key.origin === 'EXTERNAL') key.materials.leave();
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

  /**
   * Does what time has brought since the last call, everywhere.
   *
   * However far the clock has jumped, moment follows moment: what one brings may be what a later one builds on.
   */
  public settle(now: number): void {
    for (let moment = this.nextEffectAt; moment <= now; moment = this.nextEffectAt) {
      for (const store of this.stores.values()) {
        for (const key of store.settle(moment)) leaveRelatedKeys(key, store.place, this, moment);
      }
    }
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

  private get nextEffectAt(): number {
    let earliest = Infinity;
    for (const store of this.stores.values()) earliest = Math.min(earliest, store.nextEffectAt);
    return earliest;
  }
}
