import type { KeyDescription, Tags } from './keys';

/** All that CreateKey needs. */
export interface NewKey {
  readonly origin: 'AWS_KMS' | 'EXTERNAL';
  readonly description: string;
  readonly policy: string;
  readonly tags: Tags;
}

/** An alias and the key that it names. */
export interface AliasEntry {
  readonly aliasName: string;
  readonly keyId: string;
}

/** The last use of a key, as GetKeyLastUsage returns it. */
export interface KeyUsage {
  readonly operation: string;
  readonly at: Date;
  /** The id of the event in CloudTrail. */
  readonly eventId?: string;
}

/** Manages the keys of a family, as the control role. It cannot use them, except to encrypt a canary. */
export interface KeyFamilyPort {
  /** Waits until every later read shows what was written. Must be called before an invocation answers. */
  settle(): Promise<void>;
  /** Creates a key. */
  createKey(key: NewKey): Promise<KeyDescription>;
  /** Describes a key by key id, key ARN or alias. Returns `undefined` if there is none. */
  describeKey(keyIdOrAlias: string): Promise<KeyDescription | undefined>;
  /** Lists the ids of all keys in the account and Region. */
  listKeyIds(): Promise<string[]>;
  /** Lists the tags of a key. Empty if the key is deleted. Fails if reading them is denied: they are then unknown. */
  listTags(keyId: string): Promise<Tags>;
  /**
   * Whether KMS answers that there is no such key in this account and Region. A key that is pending deletion exists.
   * Fails on every other answer, such as a denied read: whether the key exists is then unknown.
   */
  isUnknownKey(keyId: string): Promise<boolean>;
  /** Adds and overwrites these tags. Other tags stay. */
  tagKey(keyId: string, tags: Tags): Promise<void>;
  /** Lists the aliases of the account and Region that equal `prefix` or begin with `prefix/`. */
  listAliases(prefix: string): Promise<AliasEntry[]>;
  /** Creates an alias. Returns `taken` if the alias exists, for any key. */
  createAlias(aliasName: string, keyId: string): Promise<'created' | 'taken'>;
  /** Moves an alias to another key. */
  updateAlias(aliasName: string, keyId: string): Promise<void>;
  /** Deletes an alias. One that does not exist counts as deleted. */
  deleteAlias(aliasName: string): Promise<void>;
  /** Replaces the key policy. */
  putKeyPolicy(keyId: string, policy: string): Promise<void>;
  /** Returns the key policy as JSON. */
  getKeyPolicy(keyId: string): Promise<string>;
  /** Replaces the description of a key. */
  updateDescription(keyId: string, description: string): Promise<void>;
  /** Lists the grantees on the key: a grant is valid even if the key policy does not allow its grantee. */
  listGrantees(keyId: string): Promise<string[]>;
  /** Enables a key. */
  enableKey(keyId: string): Promise<void>;
  /** Disables a key: every use fails until it is enabled again. */
  disableKey(keyId: string): Promise<void>;
  /**
   * Schedules deletion. The key is unusable immediately and deleted after the pending window. If it is
   * pending, nothing changes.
   */
  scheduleKeyDeletion(keyId: string, pendingWindowDays: number): Promise<void>;
  /** Cancels deletion and leaves the key Disabled. If the key is not pending deletion, nothing changes. */
  cancelKeyDeletion(keyId: string): Promise<void>;
  /** Returns the last successful cryptographic operation with the key, or `undefined` if there was none. */
  lastUsage(keyId: string): Promise<KeyUsage | undefined>;
  /** Requests a data key without its plaintext. KMS must refuse: the control role may encrypt canaries only. */
  failToGenerateDataKey(keyId: string, context: Tags): Promise<void>;
  /** Encrypts a meaningless canary to find out whether the key is usable, or its policy denies it. */
  tryEncrypt(keyId: string, context: Tags): Promise<'encrypted' | 'access-denied' | 'not-ready'>;
}

/**
 * Manages the keys of a family, as the retirement role. It cannot use them (its watch probe must fail),
 * nor change policies.
 */
export type RetirementKeyPort = Pick<
  KeyFamilyPort,
  | 'settle'
  | 'describeKey'
  | 'listTags'
  | 'tagKey'
  | 'listAliases'
  | 'enableKey'
  | 'disableKey'
  | 'scheduleKeyDeletion'
  | 'cancelKeyDeletion'
  | 'lastUsage'
  | 'tryEncrypt'
>;
