/**
 * Every KMS action that this library allows, grouped by purpose. A security review needs to read only this file.
 *
 * Each action is written in full: a wildcard would also allow actions that AWS adds later.
 */

/** Encrypts plaintext under the key. */
const ENCRYPT = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
];

/** Decrypts ciphertext of the key. */
const DECRYPT = ['kms:Decrypt'];

/**
 * Re-encrypts ciphertext of the key under another key, on which the caller needs `REENCRYPT_TO`. Returns no plaintext.
 */
const REENCRYPT_FROM = ['kms:ReEncryptFrom'];

/**
 * Re-encrypts ciphertext of another key, on which the caller needs `REENCRYPT_FROM`, under this key.
 * Returns no plaintext.
 */
const REENCRYPT_TO = ['kms:ReEncryptTo'];

/**
 * Every action that returns neither plaintext nor ciphertext.
 *
 * `kms:CreateGrant` is deliberately excluded: a principal that can create grants can grant itself use of the key.
 */
const ADMINISTER = [
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:ListKeyPolicies',
  'kms:PutKeyPolicy',
  'kms:UpdateKeyDescription',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:GetKeyLastUsage',
  'kms:GetKeyRotationStatus',
  'kms:EnableKeyRotation',
  'kms:DisableKeyRotation',
  'kms:RotateKeyOnDemand',
  'kms:ListKeyRotations',
  'kms:GetParametersForImport',
  'kms:ImportKeyMaterial',
  'kms:DeleteImportedKeyMaterial',
  'kms:ReplicateKey',
  'kms:UpdatePrimaryRegion',
  'kms:CreateAlias',
  'kms:UpdateAlias',
  'kms:DeleteAlias',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:ListResourceTags',
  'kms:ListGrants',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
];

/**
 * Imports key material, renews it, and makes new key material current. Allows neither use of the key nor deletion of
 * key material.
 */
const IMPORT_MATERIAL = [
  'kms:DescribeKey',
  'kms:ListKeyRotations',
  'kms:ImportKeyMaterial',
  'kms:RotateKeyOnDemand',
];

/**
 * Gets the public key that wraps key material. Separate, because a condition can restrict it to one wrapping algorithm.
 */
const WRAP_MATERIAL = ['kms:GetParametersForImport'];

/** Creates, moves and deletes aliases. Needed on the alias and on every key that gets or loses it. */
const NAME = ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'];

/** Denied to administrators by the gate of a generation, so allowing it would have no effect. */
const GATED = ['kms:ScheduleKeyDeletion', 'kms:DeleteImportedKeyMaterial', ...NAME];

/** Not useful for a generation, which is a single-Region key. */
const MULTI_REGION = ['kms:ReplicateKey', 'kms:UpdatePrimaryRegion'];

/** Useful only for keys with imported key material. */
const ONLY_IMPORTED = ['kms:GetParametersForImport', 'kms:ImportKeyMaterial', 'kms:DeleteImportedKeyMaterial'];

/** Useful only for keys whose key material AWS KMS rotates automatically. */
const ROTATE_AUTOMATICALLY = ['kms:EnableKeyRotation', 'kms:DisableKeyRotation'];

/** Rotates the key material on demand, and lists its rotations. Only symmetric encryption keys rotate. */
const ROTATE = ['kms:RotateKeyOnDemand', 'kms:ListKeyRotations', 'kms:GetKeyRotationStatus'];

/** Generates data keys, for data that is too large for Encrypt. */
const GENERATE_DATA_KEY = ENCRYPT.filter((action) => action.startsWith('kms:GenerateDataKey'));

/** Manages a generation. Administrators may set their own tags; the gate denies changes of this library's tags. */
const ADMINISTER_IMPORTED_GENERATION = ADMINISTER.filter((action) => ![...GATED, ...MULTI_REGION].includes(action));

/** The same, for a generation whose key material KMS generated. */
const ADMINISTER_GENERATION = ADMINISTER_IMPORTED_GENERATION.filter((action) => !ONLY_IMPORTED.includes(action));

/**
 * Creates, names and fences generations, opens and closes their gate, and deletes keys that were never current.
 * Allows no use.
 */
const CONTROL_GENERATION = [
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:PutKeyPolicy',
  'kms:UpdateKeyDescription',
  'kms:ListResourceTags',
  'kms:TagResource',
  'kms:ListGrants',
  'kms:GetKeyLastUsage',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:CancelKeyDeletion',
  'kms:ScheduleKeyDeletion',
  ...NAME,
];

/** Imports the only key material that a generation has. */
const FILL_GENERATION = ['kms:ListKeyRotations', 'kms:ImportKeyMaterial'];

/**
 * Disables a generation, reads its last usage, and schedules deletion when the gate is open. Allows neither
 * use nor PutKeyPolicy.
 */
const RETIRE_GENERATION = [
  'kms:DescribeKey',
  'kms:ListResourceTags',
  'kms:TagResource',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:CancelKeyDeletion',
  'kms:ScheduleKeyDeletion',
  'kms:GetKeyLastUsage',
];

/**
 * Tests that a generation encrypts, with an encryption context that no application uses, so that it cannot
 * encrypt real data.
 */
const TRY_ENCRYPT = ['kms:Encrypt'];

export const KeyActions = {
  ENCRYPT,
  DECRYPT,
  REENCRYPT_FROM,
  REENCRYPT_TO,
  ADMINISTER,
  IMPORT_MATERIAL,
  WRAP_MATERIAL,
  NAME,
  MULTI_REGION,
  ONLY_IMPORTED,
  ROTATE_AUTOMATICALLY,
  ROTATE,
  GENERATE_DATA_KEY,
  ADMINISTER_GENERATION,
  ADMINISTER_IMPORTED_GENERATION,
  CONTROL_GENERATION,
  FILL_GENERATION,
  RETIRE_GENERATION,
  TRY_ENCRYPT,
  /** Re-encrypts ciphertext from one generation to another. Returns no plaintext. */
  REENCRYPT: [...REENCRYPT_FROM, ...REENCRYPT_TO],
  /** Creates a key. Only IAM can allow it, because the key policy does not exist yet. */
  CREATE: ['kms:CreateKey'],
  /**
   * Adopts an existing key as a generation, or deletes the alias that a failed adoption has created. After that, the
   * key policy determines access.
   */
  ADOPT: [
    'kms:DescribeKey', 'kms:ListResourceTags', 'kms:TagResource', 'kms:CreateAlias', 'kms:DeleteAlias',
    'kms:GetKeyPolicy', 'kms:PutKeyPolicy',
  ],
  /**
   * Recovers access to a generation whose key policy names roles of an earlier deployment, or of another owner. The key
   * policy is always written first, and allows tags and aliases after that.
   */
  RECOVER_GENERATION: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy'],
  /** Finds a pending deletion and cancels it. The key stays disabled. */
  CANCEL_DELETION: ['kms:DescribeKey', 'kms:CancelKeyDeletion'],
  /** Tags a key when it is created. */
  TAG: ['kms:TagResource'],
  /** Lists the keys of the account. */
  LIST_KEYS: ['kms:ListKeys'],
  READ_TAGS: ['kms:ListResourceTags'],
  /**
   * Creates a grant. Allow it only with conditions on the terms: a principal that can create any grant can use the key.
   */
  CREATE_GRANT: ['kms:CreateGrant'],
  /** Lists the grants of a key, and revokes them. */
  REVOKE_GRANTS: ['kms:ListGrants', 'kms:RevokeGrant'],
  /** Lists the aliases of the account, which name the generations of every family. */
  LIST_ALIASES: ['kms:ListAliases'],
  /** Use of an RSA encryption key. With the public key, a principal can encrypt without a KMS request. */
  USE_PUBLIC_ENCRYPTION: ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Encrypt', ...DECRYPT, ...REENCRYPT_FROM, ...REENCRYPT_TO],
  /** Signs. Signatures of different callers cannot be distinguished. */
  SIGN: ['kms:Sign'],
  /** Verifies signatures, in AWS KMS or with the public key. */
  VERIFY: ['kms:Verify', 'kms:GetPublicKey'],
  GENERATE_MAC: ['kms:GenerateMac'],
  VERIFY_MAC: ['kms:VerifyMac'],
  /** Derives a secret shared with the owner of another key. */
  DERIVE_SHARED_SECRET: ['kms:DeriveSharedSecret', 'kms:GetPublicKey'],
  /** Imports, renews and deletes key material, and rotates to it. Allows no use of the key. */
  OPERATE_MATERIAL: ['kms:DescribeKey', ...ONLY_IMPORTED, ...ROTATE],
  /**
   * Actions that CloudFormation calls on a key and its aliases, from creation to deletion.
   *
   * Source: the handlers of AWS::KMS::Key and AWS::KMS::Alias in the CloudFormation registry.
   */
  DEPLOY: [
    'kms:DescribeKey',
    'kms:GetKeyPolicy',
    'kms:PutKeyPolicy',
    'kms:GetKeyRotationStatus',
    'kms:EnableKeyRotation',
    'kms:DisableKeyRotation',
    'kms:EnableKey',
    'kms:DisableKey',
    'kms:UpdateKeyDescription',
    'kms:ListResourceTags',
    'kms:TagResource',
    'kms:UntagResource',
    'kms:ScheduleKeyDeletion',
    ...NAME,
  ],
  /** Creates a replica of the key. Separate, because a condition can restrict it to one Region. */
  REPLICATE: ['kms:ReplicateKey'],
  /**
   * Use of a symmetric key. For a principal that can encrypt and decrypt, ReEncrypt adds no access: it
   * only avoids plaintext.
   */
  USE: ['kms:DescribeKey', ...ENCRYPT, ...DECRYPT, ...REENCRYPT_FROM, ...REENCRYPT_TO],
} as const;

/**
 * Actions of `kms:ReEncrypt*` and `kms:GenerateDataKey*` that a storage service calls, in full. No service generates
 * key pairs.
 */
const STORE = [
  'kms:Encrypt',
  ...DECRYPT,
  ...REENCRYPT_FROM,
  ...REENCRYPT_TO,
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
];

/** Actions that AWS services need, for each factory method of `ServiceUser`. */
export const ServiceActions = {
  /** Generates and decrypts data keys. */
  DATA_KEYS: ['kms:GenerateDataKey', ...DECRYPT],
  /** The same, and data keys without plaintext: `kms:GenerateDataKey*` in the AWS documentation. */
  MESSAGES: ['kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', ...DECRYPT],
  /** Generates and decrypts data keys, and encrypts small values directly. */
  VALUES: ['kms:Encrypt', 'kms:GenerateDataKey', ...DECRYPT],
  /** The same, and DescribeKey. */
  CLUSTERS: ['kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', ...DECRYPT],
  /** Encrypts and decrypts small values directly, without data keys. */
  VARIABLES: ['kms:Encrypt', ...DECRYPT],
  /**
   * Volumes and snapshots, which can be re-encrypted under another key. Only the host of the volume gets a plaintext
   * data key.
   */
  VOLUMES: ['kms:DescribeKey', ...DECRYPT, ...REENCRYPT_FROM, ...REENCRYPT_TO, 'kms:GenerateDataKeyWithoutPlaintext'],
  /** All actions of a storage service on behalf of its callers. */
  STORE: ['kms:DescribeKey', ...STORE],
  /** The same for a condition on the encryption context, which `kms:DescribeKey` does not have. */
  STORE_IN_CONTEXT: STORE,
  /** Generates data keys to write. Allows no reading. */
  WRITE: ['kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
  /** The same, and Encrypt. Allows no reading. */
  SEAL: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
  DESCRIBE: ['kms:DescribeKey'],
  SIGN_ZONES: ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign'],
  /**
   * Creates the grant that a service uses during the life of its resource. Only with the condition
   * `kms:GrantIsForAWSResource`.
   */
  GRANT: ['kms:CreateGrant'],
} as const;
