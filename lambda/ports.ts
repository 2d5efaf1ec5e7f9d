/**
 * The ports: what the decision code needs from AWS. Each interface is one set of permissions. The re-encryption worker
 * has `ReEncryptionPort` and a store, and no port allows it to read a plaintext data key.
 */
import type { Sensitive } from './sensitive';
import type { GrantRequest } from '../src/contract/requests/grant-request';
import type { SecretLocation } from '../src/contract/requests/import-request';
import type { RecordOutcome } from '../src/contract/runs/reencryption';

/** The current time, and waiting. */
export interface Clock {
  /** Returns the current time. */
  now(): Date;
  /** Waits. Tests and the demo use a virtual clock. */
  sleep(milliseconds: number): Promise<void>;
}

// ------------------------------------------------------------------------------------------------- KMS: keys

export type KeyState =
  | 'Creating' | 'Enabled' | 'Disabled' | 'PendingImport' | 'PendingDeletion' | 'PendingReplicaDeletion' | 'Unavailable' | 'Updating';

/** A KMS key, as DescribeKey returns it. */
export interface KeyDescription {
  readonly keyId: string;
  readonly keyArn: string;
  readonly state: KeyState;
  readonly origin: 'AWS_KMS' | 'EXTERNAL' | 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE';
  readonly keySpec: string;
  readonly createdAt: Date;
  /** While deletion is pending: when KMS deletes the key. */
  readonly deletionDate?: Date;
}

/** One key material of a key, as ListKeyRotations returns it. */
export interface KeyMaterial {
  readonly keyMaterialId: string;
  readonly use: 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION' | 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION';
  readonly imported: boolean;
  /** The description from the import: it names the secret version that the material comes from. */
  readonly description?: string;
  /** Absent when it never expires. */
  readonly validTo?: Date;
}

/** The public key and token that GetParametersForImport returns. */
export interface WrappingParameters {
  /** DER, SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly importToken: Uint8Array;
}

/** Wrapped key material and all that ImportKeyMaterial needs. */
export interface WrappedMaterial {
  readonly keyArn: string;
  readonly importToken: Uint8Array;
  readonly encryptedKeyMaterial: Uint8Array;
  /** NEW imports the first or next material of the key, EXISTING imports known material again. */
  readonly importType: 'NEW_KEY_MATERIAL' | 'EXISTING_KEY_MATERIAL';
  /** For EXISTING only: the id of the material to import again. KMS rejects any other material. */
  readonly keyMaterialId?: string;
  /** Absent: never expires. */
  readonly validTo?: Date;
  readonly description: string;
}

/** Imports key material. It can neither use nor delete a key. */
export interface KeyMaterialPort {
  /** Describes a key by its ARN. */
  describeKey(keyArn: string): Promise<KeyDescription>;
  /** Lists all key materials of the key, also those that are not imported now. */
  listKeyMaterials(keyArn: string): Promise<KeyMaterial[]>;
  /** Requests a wrapping key and an import token for one import. */
  getParametersForImport(keyArn: string, wrappingAlgorithm: string, wrappingKeySpec: string): Promise<WrappingParameters>;
  /** Returns the id of the material, or `wrong-material` if KMS rejects it as not NEW, or as not the EXISTING one. */
  importKeyMaterial(material: WrappedMaterial): Promise<{ keyMaterialId?: string } | 'wrong-material'>;
  /** Makes the pending key material current. */
  rotateKeyOnDemand(keyArn: string): Promise<void>;
}

/** Reads secrets that contain key material. */
export interface SecretPort {
  /** Returns the id of the version with the staging label AWSCURRENT. */
  currentVersionId(secretArn: string): Promise<string>;
  /** Returns the decoded key material of one version. */
  readMaterial(location: SecretLocation & { versionId: string }): Promise<Sensitive>;
  /** Labels a version, because Secrets Manager may delete versions without a label. */
  pinVersion(secretArn: string, versionId: string, label: string): Promise<void>;
}

// ----------------------------------------------------------------------------------------------- KMS: grants

/** A grant, as ListGrants returns it. Without its principals: KMS may list them by internal ids. */
export interface ListedGrant {
  readonly grantId: string;
  readonly operations: readonly string[];
}

/** Creates and ends grants. It can use no key. */
export interface GrantPort {
  /**
   * Returns the id of the grant: of the existing one, if it has the same name and the same terms.
   *
   * An unknown principal is a `KEY_NOT_READY` failure: KMS may know a new role a few seconds later.
   */
  createGrant(request: GrantRequest): Promise<{ grantId: string }>;
  /** Lists the grants with that name on the key. Empty if the key is deleted. */
  grantsByName(keyArn: string, name: string): Promise<ListedGrant[]>;
  /** Revokes a grant with kms:RevokeGrant. A deleted grant or key counts as ended. */
  revokeGrant(keyArn: string, grantId: string): Promise<'ended' | 'access-denied'>;
  /**
   * Retires a grant as its retiring principal, which the grant itself allows. A deleted grant or key counts as ended.
   */
  retireGrant(keyArn: string, grantId: string): Promise<void>;
}

// ------------------------------------------------------------------------------------------ KMS: generations

/** Tags or an encryption context: names and values. */
export type Tags = { readonly [name: string]: string };

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
  /** Creates a key. */
  createKey(key: NewKey): Promise<KeyDescription>;
  /** Describes a key by key id, key ARN or alias. Returns `undefined` if there is none. */
  describeKey(keyIdOrAlias: string): Promise<KeyDescription | undefined>;
  /** Lists the ids of all keys in the account and Region. */
  listKeyIds(): Promise<string[]>;
  /** Lists the tags of a key. Empty if the key is deleted, or reading them is denied. */
  listTags(keyId: string): Promise<Tags>;
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
  /** Lists the grantees on the key: a grant is valid whatever the key policy allows. */
  listGrantees(keyId: string): Promise<string[]>;
  /** Enables a key. */
  enableKey(keyId: string): Promise<void>;
  /** Disables a key: every use fails until it is enabled again. */
  disableKey(keyId: string): Promise<void>;
  /**
   * Schedules deletion. The key is unusable at once and deleted after the pending window. If it is pending, nothing
   * changes.
   */
  scheduleKeyDeletion(keyId: string, pendingWindowDays: number): Promise<void>;
  /** Cancels deletion and leaves the key Disabled. If the key is not pending deletion, nothing changes. */
  cancelKeyDeletion(keyId: string): Promise<void>;
  /** Returns the last successful cryptographic operation with the key, or `undefined` if there was none. */
  lastUsage(keyId: string): Promise<KeyUsage | undefined>;
  /** Encrypts a meaningless canary to find out whether the key is usable, or its policy denies it. */
  tryEncrypt(keyId: string, context: Tags): Promise<'encrypted' | 'access-denied' | 'not-ready'>;
}

/**
 * Manages the keys of a family, as the retirement role. It cannot use them (its watch probe must fail), nor change
 * policies.
 */
export type RetirementKeyPort = Pick<
  KeyFamilyPort,
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

// ------------------------------------------------------------------------------------------- state machines

/** Starts and lists executions of the state machines of a family. */
export interface MachinesPort {
  /** Starts an execution. Repeated calls with the same name start it once. */
  start(machineArn: string, name: string, input: object): Promise<'started' | 'started-before'>;
  /** Lists the ARNs of the running executions. */
  runningExecutions(machineArn: string): Promise<string[]>;
}

// --------------------------------------------------------------------------------------- KMS: re-encryption

/** One call of ReEncrypt. */
export interface ReEncryptRequest {
  readonly blob: Uint8Array;
  /** Absent: KMS reads the source key from the blob. */
  readonly sourceKeyId?: string;
  readonly destinationKeyArn: string;
  /** The same on both sides: a data key never changes its context by rotation. */
  readonly encryptionContext: Tags;
}

/**
 * Why KMS refused one blob. Anything else is thrown as a `Failure`.
 *
 * `key-not-ready` (disabled, pending deletion or import) is returned too: only the caller knows whether the key that
 * the message names is a generation of the family, which stops the run, or a foreign key, which quarantines the record.
 */
export type ReEncryptRefusal = 'incorrect-key' | 'invalid-ciphertext' | 'access-denied' | 'key-not-ready';

/** The result of one call of ReEncrypt. */
export type ReEncryptAnswer =
  | {
    readonly kind: 'answered';
    readonly blob: Uint8Array;
    readonly sourceKeyArn: string;
    readonly destinationKeyArn: string;
    readonly requestId: string;
  }
  | { readonly kind: 'refused'; readonly refusal: ReEncryptRefusal; readonly message: string; readonly requestId: string };

/**
 * Whether ReEncrypt between two keys is allowed. `key-not-ready`: the policies allow it, but the state of a key does
 * not.
 */
export type ReEncryptPermission = 'allowed' | 'denied' | 'key-not-ready';

/** Re-encrypts data keys, as the worker. Its only permissions in KMS. */
export interface ReEncryptionPort {
  /** Re-encrypts one data key inside KMS. */
  reEncrypt(request: ReEncryptRequest): Promise<ReEncryptAnswer>;
  /** Checks whether this worker may re-encrypt from one key to the other, with DryRun and IGNORE_CIPHERTEXT. */
  mayReEncrypt(sourceKeyArn: string, destinationKeyArn: string): Promise<ReEncryptPermission>;
}

// ------------------------------------------------------------------------------------------ stores, evidence

/**
 * A record's encryption context; `missing` when an attribute that it is made of is absent, or neither text nor number.
 */
export type RecordContext = { readonly kind: 'known'; readonly context: Tags } | { readonly kind: 'missing'; readonly attribute: string };

/** A record as a store read it. */
export interface StoredRecord {
  /** The primary key as JSON: where to find the record again. May be personal data. */
  readonly locator: string;
  /** What the data key attribute holds; `malformed` when that cannot be a blob. */
  readonly blob: Uint8Array | 'absent' | 'malformed';
  /** The recorded key id, exactly as the record contains it. */
  readonly recordedKeyId?: string;
  readonly encryptionContext: RecordContext;
  /** What the adapter needs at the write to detect a change. Opaque to its caller. */
  readonly seen: unknown;
}

/** One page of records of a shard. */
export interface RecordPage {
  readonly records: StoredRecord[];
  /** Absent at the end of the shard. */
  readonly nextCursor?: string;
}

/** Reads and writes the records of one store, in shards. One adapter for each kind of store. */
export interface RecordStorePort {
  readonly storeId: string;
  readonly shards: number;
  /** Where the records are, for logs and errors: `table orders`. */
  readonly place: string;
  /** The name of the attribute that contains the data key. */
  readonly dataKeyAttribute: string;
  /** Reads one page of a shard. */
  listPage(shard: number, cursor: string | undefined): Promise<RecordPage>;
  /** Reads a record again. Returns `undefined` if it is deleted. */
  read(locator: string): Promise<StoredRecord | undefined>;
  /** Writes the new blob if blob and context attributes are still those of `record`. */
  replaceIfUnchanged(record: StoredRecord, blob: Uint8Array, keyArn: string): Promise<'replaced' | 'changed' | 'deleted'>;
  /** Returns attribute names of the first few items, for the error about a misspelt attribute. */
  sampleAttributeNames(): Promise<string[]>;
}

/** Reports progress: called once for each record that an invocation has finished. */
export interface ProgressPort {
  recordDone(storeId: string, outcome: RecordOutcome): void;
}

/** Writes and reads evidence. Written objects are never overwritten. */
export interface EvidencePort {
  /** Writes an object once. Returns `exists` if the key exists; that object stays unchanged. */
  writeOnce(key: string, content: object): Promise<'written' | 'exists'>;
  /** Reads an object. Returns `undefined` if there is none. */
  read<T>(key: string): Promise<T | undefined>;
  /** Lists the keys of all objects with a prefix, in order. */
  list(prefix: string): Promise<string[]>;
}
