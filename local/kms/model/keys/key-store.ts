import { applyTime, nextEffectOn } from './effects-of-time';
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

/** A former state, and the time of the change that ended it. */
interface PastState {
  readonly store: KeyStore;
  readonly until: number;
}

/** The keys and aliases of one account in one Region. */
export class KeyStore {
  public readonly keys = new Map<string, KmsKey>();
  public readonly aliases = new Map<string, Alias>();
  private nextMoment = Infinity;
  /**
   * Key ids to which an alias name still resolves while a change propagates, by alias name; `undefined` if it had none.
   */
  public readonly formerTargets = new Map<string, FormerValues<string | undefined>>();

  /** Former states of all keys and aliases, oldest first, for calls that read late. Absent if no call does. */
  private past?: readonly PastState[];

  public constructor(public readonly place: Place) {}

  /** Must be called before a change, if reads can be late. States are kept for as long as a read can be late. */
  public rememberState(now: number, keptFor: number): void {
    const kept = this.past?.filter(({ until }) => until > now - keptFor);
    this.past = [...kept ?? [], { store: this.copy(), until: now }];
  }

  /** The keys and aliases at a moment. The result must not be changed, unless the moment is now. */
  public asOf(moment: number): KeyStore {
    return this.past?.find(({ until }) => until > moment)?.store ?? this;
  }

  /** No effect of time is due before this moment, so that most calls need not check. */
  public get nextEffectAt(): number {
    return this.nextMoment;
  }

  /** Must be called for every change that time completes later. */
  public expectEffectAt(moment: number): void {
    this.nextMoment = Math.min(this.nextMoment, moment);
  }

  /**
   * Applies the effects of this moment. Returns the keys that were deleted with their aliases because their pending
   * window is over.
   */
  public applyTimeUntil(moment: number): KmsKey[] {
    if (moment < this.nextMoment) return [];
    this.nextMoment = Infinity;
    const deleted: KmsKey[] = [];
    for (const key of this.keys.values()) {
      applyTime(key, moment);
      if (key.deletionAt !== undefined && key.deletionAt <= moment) {
        this.remove(key);
        deleted.push(key);
      } else {
        this.expectEffectAt(nextEffectOn(key));
      }
    }
    return deleted;
  }

  public aliasesOf(key: KmsKey): Alias[] {
    return [...this.aliases.values()].filter((alias) => alias.keyId === key.keyId);
  }

  /** The key id to which an alias resolves in cryptographic operations. */
  public resolveAlias(aliasName: string, now: number): string | undefined {
    return seenAt(this.aliases.get(aliasName)?.keyId, this.formerTargets.get(aliasName) ?? [], now);
  }

  /**
   * Must be called before an alias is created, moved or deleted: during the propagation delay it still resolves to its
   * present target.
   */
  public recordFormerTarget(aliasName: string, now: number, delay: number): void {
    const former = afterChange(this.aliases.get(aliasName)?.keyId, this.formerTargets.get(aliasName) ?? [], now, delay);
    if (former.length === 0) this.formerTargets.delete(aliasName);
    else this.formerTargets.set(aliasName, former);
  }

  private copy(): KeyStore {
    const copy = new KeyStore(this.place);
    for (const [keyId, key] of this.keys) {
      copy.keys.set(keyId, { ...key, grants: new Map(key.grants), materials: key.materials.copy() });
    }
    for (const [aliasName, alias] of this.aliases) copy.aliases.set(aliasName, { ...alias });
    for (const [aliasName, former] of this.formerTargets) copy.formerTargets.set(aliasName, former);
    return copy;
  }

  private remove(key: KmsKey): void {
    for (const alias of this.aliasesOf(key)) this.aliases.delete(alias.aliasName);
    this.keys.delete(key.keyId);
    // Related keys with key material of KMS share it; it is deleted with the last of them.
    if (key.origin === 'EXTERNAL') key.materials.leave();
  }
}

/** All key stores of a KMS. Accounts and Regions are independent of each other. */
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
   * Applies the effects of time since the last call, in all accounts and Regions.
   *
   * However far the clock has jumped, the effects happen in their order: a later one may depend on an earlier one.
   */
  public applyTimeUntil(now: number): void {
    for (let moment = this.nextEffectAt; moment <= now; moment = this.nextEffectAt) {
      for (const store of this.stores.values()) {
        for (const key of store.applyTimeUntil(moment)) leaveRelatedKeys(key, store.place, this, moment);
      }
    }
  }

  /** The keys of all accounts in all Regions. */
  public* all(): Iterable<KmsKey> {
    for (const store of this.stores.values()) yield* store.keys.values();
  }

  /** The keys of all accounts in a Region. */
  public* keysIn(region: string): Iterable<KmsKey> {
    for (const store of this.stores.values()) if (store.place.region === region) yield* store.keys.values();
  }

  /**
   * Finds a key by its id. Key ids are unique; only related multi-Region keys have the same one, each in
   * its own Region.
   */
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
