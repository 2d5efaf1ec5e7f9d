/**
 * What the cores need from the world, in our own words. Each interface is one set of rights: the worker that
 * re-encrypts holds `ReEncryptionPort` and a store, and nothing here would let it read a plaintext data key.
 */
import type { Sensitive } from './sensitive';
import type { GrantRequest } from '../src/contract/requests/grant-request';
import type { SecretLocation } from '../src/contract/requests/import-request';
import type { RecordOutcome } from '../src/contract/runs/reencryption';

export interface Clock {
  now(): Date;
  /** Waits; in tests and in the demo on a virtual clock. */
  sleep(milliseconds: number): Promise<void>;
}

// ------------------------------------------------------------------------------------------------- KMS: keys

export type KeyState =
  | 'Creating' | 'Enabled' | 'Disabled' | 'PendingImport' | 'PendingDeletion' | 'PendingReplicaDeletion' | 'Unavailable' | 'Updating';

/** A KMS key, as DescribeKey tells it. */
export interface KeyDescription {
  readonly keyId: string;
  readonly keyArn: string;
  readonly state: KeyState;
  readonly origin: 'AWS_KMS' | 'EXTERNAL' | 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE';
  readonly keySpec: string;
  readonly createdAt: Date;
  /** While its deletion is pending: when it will be gone. */
  readonly deletionDate?: Date;
}

/** One material of a key, as ListKeyRotations tells it. */
export interface KeyMaterial {
  readonly keyMaterialId: string;
  readonly use: 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION' | 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION';
  readonly imported: boolean;
  /** What the importer wrote beside it: which version of the source gave the bytes. */
  readonly description?: string;
  /** Absent when it never expires. */
  readonly validTo?: Date;
}

export interface WrappingParameters {
  /** DER, SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly importToken: Uint8Array;
}

export interface WrappedMaterial {
  readonly keyArn: string;
  readonly importToken: Uint8Array;
  readonly encryptedKeyMaterial: Uint8Array;
  /** NEW gives the key its first or next material, EXISTING brings back bytes it already knows. */
  readonly importType: 'NEW_KEY_MATERIAL' | 'EXISTING_KEY_MATERIAL';
  /** For EXISTING only: the material that these bytes must be. KMS refuses any other. */
  readonly keyMaterialId?: string;
  /** Absent: never expires. */
  readonly validTo?: Date;
  readonly description: string;
}

/** What the importer of key material may do. It can neither use nor delete a key. */
export interface KeyMaterialPort {
  describeKey(keyArn: string): Promise<KeyDescription>;
  listKeyMaterials(keyArn: string): Promise<KeyMaterial[]>;
  getParametersForImport(keyArn: string, wrappingAlgorithm: string, wrappingKeySpec: string): Promise<WrappingParameters>;
  /** Answers the id of the material, or `not-these-bytes` when KMS knows that NEW or EXISTING is not true of them. */
  importKeyMaterial(material: WrappedMaterial): Promise<{ keyMaterialId?: string } | 'not-these-bytes'>;
  rotateKeyOnDemand(keyArn: string): Promise<void>;
}

/** A secret that holds key material. */
export interface SecretPort {
  /** The id of the version that AWSCURRENT names now. */
  currentVersionId(secretArn: string): Promise<string>;
  /** The bytes of one version, decoded. */
  readMaterial(location: SecretLocation & { versionId: string }): Promise<Sensitive>;
  /** Keeps a version from being forgotten by Secrets Manager, which may delete versions without a label. */
  pinVersion(secretArn: string, versionId: string, label: string): Promise<void>;
}

// ----------------------------------------------------------------------------------------------- KMS: grants

/** A grant, as far as a list of grants has to tell it. Its principals are left out: KMS may list them by ids of its own. */
export interface ListedGrant {
  readonly grantId: string;
  readonly operations: readonly string[];
}

/** What the maker of grants may do. It can use no key. */
export interface GrantPort {
  /**
   * Answers the id of the grant: of the one that stands already, when it has the same name and the same terms.
   *
   * A principal that KMS does not know is `KEY_NOT_READY`: a role that is seconds old may be known a moment later.
   */
  createGrant(request: GrantRequest): Promise<{ grantId: string }>;
  /** All grants of that name on the key. None when the key is gone. */
  grantsByName(keyArn: string, name: string): Promise<ListedGrant[]>;
  /** By the right of whoever administers the key. A grant or a key that is gone counts as ended. */
  revokeGrant(keyArn: string, grantId: string): Promise<'ended' | 'access-denied'>;
  /** By the right of the retiring principal, which the grant itself gives. A grant or a key that is gone counts as ended. */
  retireGrant(keyArn: string, grantId: string): Promise<void>;
}

// ------------------------------------------------------------------------------------------ KMS: generations

export type Tags = { readonly [name: string]: string };

export interface NewKey {
  readonly origin: 'AWS_KMS' | 'EXTERNAL';
  readonly description: string;
  readonly policy: string;
  readonly tags: Tags;
}

export interface AliasEntry {
  readonly aliasName: string;
  readonly keyId: string;
}

/** The last use of a key that KMS knows of. */
export interface KeyUsage {
  readonly operation: string;
  readonly at: Date;
  /** Names the event in CloudTrail. */
  readonly eventId?: string;
}

/** What the control role may do with the keys of its family. It cannot use them, but for a canary. */
export interface KeyFamilyPort {
  createKey(key: NewKey): Promise<KeyDescription>;
  /** By key id, key ARN or alias; `undefined` when there is none. */
  describeKey(keyIdOrAlias: string): Promise<KeyDescription | undefined>;
  /** Ids of every key of account and Region. */
  listKeyIds(): Promise<string[]>;
  listTags(keyId: string): Promise<Tags>;
  /** Adds and overwrites; leaves other tags alone. */
  tagKey(keyId: string, tags: Tags): Promise<void>;
  /** All aliases of account and Region that are `prefix` itself or stand below it. */
  listAliases(prefix: string): Promise<AliasEntry[]>;
  /** `taken` when the alias exists, whoever has it. */
  createAlias(aliasName: string, keyId: string): Promise<'created' | 'taken'>;
  updateAlias(aliasName: string, keyId: string): Promise<void>;
  deleteAlias(aliasName: string): Promise<void>;
  putKeyPolicy(keyId: string, policy: string): Promise<void>;
  getKeyPolicy(keyId: string): Promise<string>;
  updateDescription(keyId: string, description: string): Promise<void>;
  /** Grantees that may still use the key whatever its policy allows. */
  listGrantees(keyId: string): Promise<string[]>;
  enableKey(keyId: string): Promise<void>;
  disableKey(keyId: string): Promise<void>;
  /** From then on nobody can use the key; it is gone after the pending window. A key that is pending already stays as it is. */
  scheduleKeyDeletion(keyId: string, pendingWindowDays: number): Promise<void>;
  /** Leaves the key Disabled. A key that is not pending deletion stays as it is. */
  cancelKeyDeletion(keyId: string): Promise<void>;
  /** The last successful cryptographic operation with the key; `undefined` when there never was one. */
  lastUsage(keyId: string): Promise<KeyUsage | undefined>;
  /** Encrypts a few bytes of no meaning: is the key fit for use, or does a policy forbid it? */
  tryEncrypt(keyId: string, context: Tags): Promise<'encrypted' | 'access-denied' | 'not-ready'>;
}

/** What the retirement role may do with the keys of its family. It cannot use them, but for an echo that must fail; policies are not its own. */
export type RetirementKeyPort = Pick<KeyFamilyPort,
  'describeKey' | 'listTags' | 'tagKey' | 'listAliases' | 'enableKey' | 'disableKey' | 'scheduleKeyDeletion' | 'cancelKeyDeletion' | 'lastUsage' | 'tryEncrypt'>;

// ------------------------------------------------------------------------------------------- state machines

/** The state machines of a family. */
export interface MachinesPort {
  /** Starts an execution. The same name starts once, however often it is asked for. */
  start(machineArn: string, name: string, input: object): Promise<'started' | 'started-before'>;
  /** The ARNs of the executions that have not ended. */
  runningExecutions(machineArn: string): Promise<string[]>;
}

// --------------------------------------------------------------------------------------- KMS: re-encryption

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
 * `key-not-ready` (disabled, pending deletion or import) is told here too: only the core knows whether the key that the
 * message names is a generation of the family, which stops the run, or a foreign one, which sets the record aside.
 */
export type ReEncryptRefusal = 'incorrect-key' | 'invalid-ciphertext' | 'access-denied' | 'key-not-ready';

export type ReEncryptAnswer =
  | {
    readonly kind: 'answered';
    readonly blob: Uint8Array;
    readonly sourceKeyArn: string;
    readonly destinationKeyArn: string;
    readonly requestId: string;
  }
  | { readonly kind: 'refused'; readonly refusal: ReEncryptRefusal; readonly message: string; readonly requestId: string };

/** Whether a way from one key to another is open: `key-not-ready` says that no policy is in the way, but a key's state is. */
export type ReEncryptPermission = 'allowed' | 'denied' | 'key-not-ready';

/** What the re-encryption worker may do with KMS: this, and nothing else. */
export interface ReEncryptionPort {
  reEncrypt(request: ReEncryptRequest): Promise<ReEncryptAnswer>;
  /** Is this worker allowed to take blobs from one key to the other? Asked with DryRun and IGNORE_CIPHERTEXT. */
  mayReEncrypt(sourceKeyArn: string, destinationKeyArn: string): Promise<ReEncryptPermission>;
}

// ------------------------------------------------------------------------------------------ stores, evidence

/** A record's encryption context; `missing` when an attribute that it is made of is absent, or neither text nor number. */
export type RecordContext = { readonly kind: 'known'; readonly context: Tags } | { readonly kind: 'missing'; readonly attribute: string };

/** A record as a store read it. */
export interface StoredRecord {
  /** The primary key as JSON: where to find the record again. May be personal data. */
  readonly locator: string;
  /** What the data key attribute holds; `malformed` when that cannot be a blob. */
  readonly blob: Uint8Array | 'absent' | 'malformed';
  /** What the application noted as key id, just as it stands there. */
  readonly recordedKeyId?: string;
  readonly encryptionContext: RecordContext;
  /** What the adapter needs to know at the write that nothing has changed. Opaque to the core. */
  readonly seen: unknown;
}

export interface RecordPage {
  readonly records: StoredRecord[];
  /** Absent at the end of the shard. */
  readonly nextCursor?: string;
}

/** A store of records, cut into shards. One adapter for each kind of store. */
export interface RecordStorePort {
  readonly storeId: string;
  readonly shards: number;
  /** Where the records live, for people: `table orders`. */
  readonly place: string;
  /** Where in a record the data key stands: the attribute's name. */
  readonly dataKeyAttribute: string;
  listPage(shard: number, cursor: string | undefined): Promise<RecordPage>;
  /** The record as it is now, or `undefined` when it is gone. */
  read(locator: string): Promise<StoredRecord | undefined>;
  /** Writes the new blob on condition that blob and context attributes are still those of `record`. */
  replaceIfUnchanged(record: StoredRecord, blob: Uint8Array, keyArn: string): Promise<'replaced' | 'changed' | 'deleted'>;
  /** Names of attributes that stand in the first few items; for the error of somebody who misspelt one. */
  sampleAttributeNames(): Promise<string[]>;
}

/** For people who watch: called once for each record that an invocation is done with. */
export interface ProgressPort {
  recordDone(storeId: string, outcome: RecordOutcome): void;
}

/** Where proof is kept. What has been written is never written over. */
export interface EvidencePort {
  /** `exists` when there is an object by that key already; it stays as it is. */
  writeOnce(key: string, content: object): Promise<'written' | 'exists'>;
  /** The object, or `undefined` when there is none. */
  read<T>(key: string): Promise<T | undefined>;
  /** The keys of all objects below a prefix, in order. */
  list(prefix: string): Promise<string[]>;
}
