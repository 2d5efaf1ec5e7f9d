/**
 * Every KMS action that this library ever puts into a policy, by the edge it crosses. A reviewer reads this page, and has read all.
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
  'kms:GetParametersForImport',
  'kms:ImportKeyMaterial',
  'kms:RotateKeyOnDemand',
];

export const KeyActions = {
  ENCRYPT,
  DECRYPT,
  REENCRYPT_FROM,
  REENCRYPT_TO,
  ADMINISTER,
  IMPORT_MATERIAL,
  /** What a symmetric key is for. Who may both encrypt and decrypt gains nothing by ReEncrypt but that no plaintext need be seen. */
  USE: ['kms:DescribeKey', ...ENCRYPT, ...DECRYPT, ...REENCRYPT_FROM, ...REENCRYPT_TO],
} as const;
