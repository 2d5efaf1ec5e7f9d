/**
 * Every KMS action that this library ever allows, by the edge it crosses. A reviewer reads this page, and has read all.
 *
 * Written out one by one: a wildcard would silently take in what AWS adds tomorrow.
 */

/** Makes new ciphertext under the key from plaintext. */
const ENCRYPT = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
];

/** Opens ciphertext of the key. */
const DECRYPT = ['kms:Decrypt'];

/** Takes ciphertext away from the key, to another key whose `REENCRYPT_TO` the same caller has. Shows no plaintext. */
const REENCRYPT_FROM = ['kms:ReEncryptFrom'];

/** Brings ciphertext under the key, from another key whose `REENCRYPT_FROM` the same caller has. Shows no plaintext. */
const REENCRYPT_TO = ['kms:ReEncryptTo'];

/**
 * Everything that gives nobody a plaintext or a ciphertext.
 *
 * `kms:CreateGrant` is missing on purpose: who makes grants can grant use to himself.
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

/** Brings key material in, renews it, and makes new material current. Neither uses the key nor takes material away. */
const IMPORT_MATERIAL = [
  'kms:DescribeKey',
  'kms:ListKeyRotations',
  'kms:ImportKeyMaterial',
  'kms:RotateKeyOnDemand',
];

/** Asks for the public key that key material is wrapped with. Apart from the rest, because it can be held to one way of wrapping. */
const WRAP_MATERIAL = ['kms:GetParametersForImport'];

/** Gives aliases, moves them and takes them away. Needed on the alias and on every key that gets or loses it. */
const NAME = ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'];

/** What the gate of a generation keeps from administrators: to allow it would be an empty promise. */
const GATED = ['kms:ScheduleKeyDeletion', 'kms:DeleteImportedKeyMaterial', ...NAME];

/** What a generation is no good for: it lives in one Region. */
const MULTI_REGION = ['kms:ReplicateKey', 'kms:UpdatePrimaryRegion'];

/** What makes sense only where the bytes of the key come from outside. */
const ONLY_IMPORTED = ['kms:GetParametersForImport', 'kms:ImportKeyMaterial', 'kms:DeleteImportedKeyMaterial'];

/** What makes sense only where AWS KMS makes new key material by itself, from time to time. */
const ROTATE_AUTOMATICALLY = ['kms:EnableKeyRotation', 'kms:DisableKeyRotation'];

/** Makes other key material current, now, and tells which there was. Only symmetric encryption keys have more than one. */
const ROTATE = ['kms:RotateKeyOnDemand', 'kms:ListKeyRotations', 'kms:GetKeyRotationStatus'];

/** Makes data keys: each protects something that is too large for AWS KMS. */
const GENERATE_DATA_KEY = ENCRYPT.filter((action) => action.startsWith('kms:GenerateDataKey'));

/** Manages a generation. Its own tags an administrator may set, ours the gate keeps. */
const ADMINISTER_IMPORTED_GENERATION = ADMINISTER.filter((action) => ![...GATED, ...MULTI_REGION].includes(action));

/** The same, where KMS made the material. */
const ADMINISTER_GENERATION = ADMINISTER_IMPORTED_GENERATION.filter((action) => !ONLY_IMPORTED.includes(action));

/** Makes generations, names them, fences them, opens and closes their gate, and deletes those that were never used. Cannot use them. */
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

/** Brings a generation the one material that it ever has. */
const FILL_GENERATION = ['kms:ListKeyRotations', 'kms:ImportKeyMaterial'];

/** Disables, watches, and schedules deletion where the gate is open. Can neither use a generation nor rewrite its policy. */
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

/** Tries whether a generation encrypts: under an encryption context that nobody else uses, so that no data can hide behind it. */
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
  /** Moves ciphertext from one generation to another, and shows nobody what is in it. */
  REENCRYPT: [...REENCRYPT_FROM, ...REENCRYPT_TO],
  /** Makes a key. Only IAM can allow it: no key policy is there yet. */
  CREATE: ['kms:CreateKey'],
  /** Makes a key that people already have a generation. From then on the key policy says who may do what. */
  ADOPT: ['kms:DescribeKey', 'kms:ListResourceTags', 'kms:TagResource', 'kms:CreateAlias', 'kms:PutKeyPolicy'],
  /** Brings a generation under the policy of another owner. From then on that policy says who may do what. */
  TAKE_OVER: ['kms:DescribeKey', 'kms:PutKeyPolicy'],
  /** Tags a key while it is made. */
  TAG: ['kms:TagResource'],
  /** Lists the keys of the account and tells whose they are. */
  LIST_KEYS: ['kms:ListKeys'],
  READ_TAGS: ['kms:ListResourceTags'],
  /** Makes a grant. To be allowed only under conditions that say which: whoever may make any grant may do anything with the key. */
  MAKE_GRANT: ['kms:CreateGrant'],
  /** Finds the grants on a key, and takes them away. */
  END_GRANTS: ['kms:ListGrants', 'kms:RevokeGrant'],
  /** Lists the aliases of the account, which name the generations of every family. */
  LIST_ALIASES: ['kms:ListAliases'],
  /** What an RSA key for encryption is for. Whoever has the public key encrypts without asking KMS. */
  USE_PUBLIC_ENCRYPTION: ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Encrypt', ...DECRYPT, ...REENCRYPT_FROM, ...REENCRYPT_TO],
  /** Signs: whoever can, speaks in the name of the key. */
  SIGN: ['kms:Sign'],
  /** Verifies signatures, in AWS KMS or with the public key. */
  VERIFY: ['kms:Verify', 'kms:GetPublicKey'],
  GENERATE_MAC: ['kms:GenerateMac'],
  VERIFY_MAC: ['kms:VerifyMac'],
  /** Derives a secret that is shared with the owner of another key. */
  DERIVE_SHARED_SECRET: ['kms:DeriveSharedSecret', 'kms:GetPublicKey'],
  /** Brings key material in, renews it, takes it away and rotates to it. Cannot use the key. */
  OPERATE_MATERIAL: ['kms:DescribeKey', ...ONLY_IMPORTED, ...ROTATE],
  /**
   * What CloudFormation calls on a key and its aliases, from the first deployment to the last.
   *
   * Source: the handlers of AWS::KMS::Key and AWS::KMS::Alias in the CloudFormation registry.
   */
  DEPLOY: [
    'kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:EnableKeyRotation', 'kms:DisableKeyRotation', 'kms:EnableKey',
    'kms:DisableKey', 'kms:UpdateKeyDescription', 'kms:ListResourceTags', 'kms:TagResource', 'kms:UntagResource', 'kms:ScheduleKeyDeletion', ...NAME,
  ],
  /** Makes a replica of the key. Apart from the rest, because it can be held to one Region. */
  REPLICATE: ['kms:ReplicateKey'],
  /** What a symmetric key is for. Who may both encrypt and decrypt gains nothing by ReEncrypt but that no plaintext need be seen. */
  USE: ['kms:DescribeKey', ...ENCRYPT, ...DECRYPT, ...REENCRYPT_FROM, ...REENCRYPT_TO],
} as const;

/** What `kms:ReEncrypt*` and `kms:GenerateDataKey*` of AWS's pages mean where a service encrypts what it stores: no service makes key pairs. */
const STORE = [
  'kms:Encrypt',
  ...DECRYPT,
  ...REENCRYPT_FROM,
  ...REENCRYPT_TO,
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
];

/** What AWS services ask of a key, each for the presets of `ServiceUser` whose pages ask the same. */
export const ServiceActions = {
  /** Makes data keys and opens them again. */
  DATA_KEYS: ['kms:GenerateDataKey', ...DECRYPT],
  /** The same, and data keys for later: what AWS's page writes as `kms:GenerateDataKey*`. */
  MESSAGES: ['kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', ...DECRYPT],
  /** Data keys, and small values that are encrypted under the key itself. */
  VALUES: ['kms:Encrypt', 'kms:GenerateDataKey', ...DECRYPT],
  /** The same, and sees the key. */
  CLUSTERS: ['kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', ...DECRYPT],
  /** Values only, without data keys. */
  VARIABLES: ['kms:Encrypt', ...DECRYPT],
  /** Volumes and their snapshots, which move from key to key; nobody but the host of the volume sees a data key. */
  VOLUMES: ['kms:DescribeKey', ...DECRYPT, ...REENCRYPT_FROM, ...REENCRYPT_TO, 'kms:GenerateDataKeyWithoutPlaintext'],
  /** Everything that a store does with a key in the name of its callers. */
  STORE: ['kms:DescribeKey', ...STORE],
  /** The same under an encryption context, which `kms:DescribeKey` does not take. */
  STORE_IN_CONTEXT: STORE,
  /** Writes, and cannot read. */
  WRITE: ['kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
  /** Writes with the key itself, too, and cannot read. */
  SEAL: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
  SEE: ['kms:DescribeKey'],
  SIGN_ZONES: ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign'],
  /** Lets a service in for as long as its resource lives. Never without `kms:GrantIsForAWSResource`. */
  GRANT: ['kms:CreateGrant'],
} as const;
