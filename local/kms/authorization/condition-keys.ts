import type { AuthorizationRequest } from './authorizer';
import { encryptionContextValue } from './prepared-policy';
import { readCiphertext } from '../crypto/encryption/symmetric-ciphertext';
import type { KmsKey, Tag } from '../model/keys/kms-key';
import type { EncryptionContext } from '../protocol/encryption-context';
import { readKeyReference } from '../protocol/identifiers';

/** The value that a condition is compared with: one value, or a set of values. */
export type ConditionValue = string | string[];

const DAY = 24 * 60 * 60 * 1000;

/** Members of requests from which condition keys follow, as the shapes of requests read them. */
interface Members {
  readonly BypassPolicyLockoutSafetyCheck?: boolean;
  readonly CiphertextBlob?: Buffer;
  readonly Constraints?: { readonly EncryptionContextEquals?: EncryptionContext; readonly EncryptionContextSubset?: EncryptionContext };
  readonly CustomerMasterKeySpec?: string;
  readonly DestinationEncryptionAlgorithm?: string;
  readonly DestinationKeyId?: string;
  readonly EncryptionAlgorithm?: string;
  readonly ExpirationModel?: string;
  readonly GranteePrincipal?: string;
  readonly KeyAgreementAlgorithm?: string;
  readonly KeyId?: string;
  readonly KeyPairSpec?: string;
  readonly KeySpec?: string;
  readonly KeyUsage?: string;
  readonly MacAlgorithm?: string;
  readonly MessageType?: string;
  readonly MultiRegion?: boolean;
  readonly Operations?: readonly string[];
  readonly Origin?: string;
  readonly PendingWindowInDays?: number;
  readonly PrimaryRegion?: string;
  readonly ReplicaRegion?: string;
  readonly RetiringPrincipal?: string;
  readonly RotationPeriodInDays?: number;
  readonly SigningAlgorithm?: string;
  readonly SourceEncryptionAlgorithm?: string;
  readonly SourceKeyId?: string;
  readonly TagKeys?: readonly string[];
  readonly Tags?: readonly Tag[];
  readonly ValidTo?: number;
  readonly WrappingAlgorithm?: string;
  readonly WrappingKeySpec?: string;
}

interface Condition extends AuthorizationRequest {
  readonly members: Members;
}
type Derivation = (condition: Condition) => ConditionValue | undefined;

const DATA_KEY_PAIRS = ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'];
const DATA_KEYS = ['GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', ...DATA_KEY_PAIRS];
const RE_ENCRYPT = ['ReEncryptFrom', 'ReEncryptTo'];
const WITH_ENCRYPTION_CONTEXT = ['Encrypt', 'Decrypt', ...RE_ENCRYPT, ...DATA_KEYS, 'CreateGrant'];
const WITH_ALIAS_IN_REQUEST = [
  'Encrypt', 'Decrypt', ...RE_ENCRYPT, ...DATA_KEYS, 'DescribeKey', 'GetPublicKey', 'Sign', 'Verify', 'GenerateMac', 'VerifyMac',
  'DeriveSharedSecret',
];

/** A condition key that AWS sets for these actions only. For other actions it is absent. */
const only = (actions: readonly string[], derive: Derivation): Derivation => {
  const names = new Set(actions.map((action) => `kms:${action}`));
  return (condition) => names.has(condition.action) ? derive(condition) : undefined;
};
/** A property of the key of the action, or of the key that CreateKey would create. */
const ofKey = (present: (key: KmsKey) => string | undefined, requested: (members: Members) => string | undefined): Derivation =>
  ({ key, action, members }) => key !== undefined ? present(key) : action === 'kms:CreateKey' ? requested(members) : undefined;

const DERIVATIONS: Readonly<Record<string, Derivation>> = {
  // The caller and the time.
  'aws:CurrentTime': ({ now }) => new Date(now).toISOString(),
  'aws:EpochTime': ({ now }) => String(Math.floor(now / 1000)),
  'aws:PrincipalAccount': ({ caller }) => caller.account,
  'aws:PrincipalArn': ({ caller }) => caller.principalArn,
  'aws:RequestedRegion': ({ caller }) => caller.region,
  'aws:TagKeys': ({ action, members }) =>
    action === 'kms:UntagResource' ? [...members.TagKeys ?? []] : members.Tags?.map(({ TagKey }) => TagKey),
  'kms:CallerAccount': ({ key, aliasArn, action, caller }) =>
    key !== undefined || aliasArn !== undefined || action === 'kms:CreateKey' ? caller.account : undefined,

  // Properties of the key.
  'kms:KeyOrigin': ofKey((key) => key.origin, (members) => members.Origin ?? 'AWS_KMS'),
  'kms:KeySpec': ofKey((key) => key.keySpec, (members) => members.KeySpec ?? members.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'),
  'kms:KeyUsage': ofKey((key) => key.keyUsage, (members) => members.KeyUsage ?? 'ENCRYPT_DECRYPT'),
  'kms:MultiRegion': ofKey((key) => String(key.multiRegion !== undefined), (members) => String(members.MultiRegion ?? false)),
  'kms:MultiRegionKeyType': ofKey(multiRegionKeyType, (members) => members.MultiRegion === true ? 'PRIMARY' : undefined),
  'kms:ResourceAliases': ({ key, store }) => {
    const names = key === undefined || key.account !== store.place.account ? [] : store.aliasesOf(key).map((alias) => alias.aliasName);
    return names.length === 0 ? undefined : names;
  },

  // Cryptographic operations.
  'kms:DataKeyPairSpec': only(DATA_KEY_PAIRS, ({ members }) => members.KeyPairSpec),
  'kms:EncryptionAlgorithm': only(['Encrypt', 'Decrypt', ...RE_ENCRYPT, ...DATA_KEYS], encryptionAlgorithm),
  'kms:EncryptionContextKeys': only(WITH_ENCRYPTION_CONTEXT, (condition) => {
    const names = Object.keys(encryptionContextOf(condition) ?? {});
    return names.length === 0 ? undefined : names;
  }),
  'kms:KeyAgreementAlgorithm': only(['DeriveSharedSecret'], ({ members }) => members.KeyAgreementAlgorithm),
  'kms:MacAlgorithm': only(['GenerateMac', 'VerifyMac'], ({ members }) => members.MacAlgorithm),
  'kms:MessageType': only(['Sign', 'Verify'], ({ members }) => members.MessageType ?? 'RAW'),
  'kms:ReEncryptOnSameKey': only(RE_ENCRYPT, reEncryptOnSameKey),
  'kms:RequestAlias': only(WITH_ALIAS_IN_REQUEST, ({ action, members }) => aliasName(keyNameOf(action, members))),
  'kms:SigningAlgorithm': only(['Sign', 'Verify'], ({ members }) => members.SigningAlgorithm),

  // Grants. No AWS service calls this KMS, so that no grant is for a service.
  'kms:GrantConstraintType': only(['CreateGrant'], ({ members: { Constraints: constraints } }) =>
    constraints?.EncryptionContextEquals !== undefined ? 'EncryptionContextEquals'
      : constraints?.EncryptionContextSubset !== undefined ? 'EncryptionContextSubset' : undefined),
  'kms:GranteePrincipal': only(['CreateGrant'], ({ members }) => members.GranteePrincipal),
  'kms:GrantIsForAWSResource': only(['CreateGrant', 'ListGrants', 'RevokeGrant'], () => 'false'),
  'kms:GrantOperations': only(['CreateGrant'], ({ members }) => members.Operations === undefined ? undefined : [...members.Operations]),
  'kms:RetiringPrincipal': only(['CreateGrant'], ({ members }) => members.RetiringPrincipal),

  // The life of a key. If a request omits a number, the default of the operation is used. AWS does not
  // document this case.
  'kms:BypassPolicyLockoutSafetyCheck': only(['CreateKey', 'PutKeyPolicy'], ({ members }) =>
    String(members.BypassPolicyLockoutSafetyCheck ?? false)),
  'kms:ExpirationModel': only(['ImportKeyMaterial'], ({ members }) => members.ExpirationModel ?? 'KEY_MATERIAL_EXPIRES'),
  'kms:PrimaryRegion': only(['UpdatePrimaryRegion'], ({ members }) => members.PrimaryRegion),
  'kms:ReplicaRegion': only(['ReplicateKey'], ({ members }) => members.ReplicaRegion),
  'kms:RotationPeriodInDays': only(['EnableKeyRotation'], ({ members }) => String(members.RotationPeriodInDays ?? 365)),
  'kms:ScheduleKeyDeletionPendingWindowInDays': only(['ScheduleKeyDeletion'], ({ members }) => String(members.PendingWindowInDays ?? 30)),
  'kms:TrailingDaysWithoutKeyUsage': only(['DisableKey', 'ScheduleKeyDeletion'], ({ key, now }) =>
    key === undefined ? undefined : String(Math.floor((now - (key.lastUse?.at ?? key.createdAt)) / DAY))),
  'kms:ValidTo': only(['ImportKeyMaterial'], ({ members }) => members.ValidTo === undefined ? undefined : String(members.ValidTo / 1000)),
  'kms:WrappingAlgorithm': only(['GetParametersForImport'], ({ members }) => members.WrappingAlgorithm),
  'kms:WrappingKeySpec': only(['GetParametersForImport'], ({ members }) => members.WrappingKeySpec),
};

/** Every condition key with a fixed name that this evaluation supports. */
export const CONDITION_KEYS: readonly string[] = Object.keys(DERIVATIONS);

const BY_LOWER_CASE: ReadonlyMap<string, Derivation> = new Map(
  Object.entries(DERIVATIONS).map(([name, derive]) => [name.toLowerCase(), derive]));

/**
 * The value of a condition key in this call; `undefined` if it is absent in AWS, or not supported.
 *
 * @param name in lower case
 */
export function conditionValue(name: string, request: AuthorizationRequest): ConditionValue | undefined {
  const condition: Condition = { ...request, members: request.request };
  if (name.startsWith('aws:resourcetag/')) return tagValue(name, request.key?.tags);
  if (name.startsWith('aws:requesttag/')) return tagValue(name, condition.members.Tags);
  return BY_LOWER_CASE.get(name)?.(condition) ?? encryptionContextValue(name, encryptionContextOf(condition));
}

/** Tag keys are compared without regard to case, like all condition keys. */
function tagValue(name: string, tags: readonly Tag[] | undefined): string | undefined {
  const tagKey = name.slice(name.indexOf('/') + 1);
  return tags?.find(({ TagKey }) => TagKey.toLowerCase() === tagKey)?.TagValue;
}

/** For CreateGrant the encryption context is that of the constraint of the new grant. */
function encryptionContextOf({ action, members, encryptionContext }: Condition): EncryptionContext | undefined {
  if (action !== 'kms:CreateGrant') return encryptionContext;
  return members.Constraints?.EncryptionContextEquals ?? members.Constraints?.EncryptionContextSubset;
}

function encryptionAlgorithm({ action, members }: Condition): string {
  const given = action === 'kms:ReEncryptFrom' ? members.SourceEncryptionAlgorithm
    : action === 'kms:ReEncryptTo' ? members.DestinationEncryptionAlgorithm : members.EncryptionAlgorithm;
  return given ?? 'SYMMETRIC_DEFAULT';
}

function multiRegionKeyType({ multiRegion, region }: KmsKey): string | undefined {
  if (multiRegion === undefined) return undefined;
  return multiRegion.primaryRegion === region ? 'PRIMARY' : 'REPLICA';
}

/** The name that the request uses for the key of this action. */
function keyNameOf(action: string, members: Members): string | undefined {
  if (action === 'kms:ReEncryptFrom') return members.SourceKeyId;
  return action === 'kms:ReEncryptTo' ? members.DestinationKeyId : members.KeyId;
}

function aliasName(keyName: string | undefined): string | undefined {
  return keyName === undefined ? undefined : /^(?:arn:[^:]*:kms:[^:]*:[^:]*:)?(alias\/.+)$/.exec(keyName)?.[1];
}

/**
 * The key of the action is one side of the ReEncrypt call. The other side is the key that the request names, or the key
 * of the ciphertext.
 */
function reEncryptOnSameKey({ action, key, members, store }: Condition): string | undefined {
  const other = action === 'kms:ReEncryptFrom' ? members.DestinationKeyId : members.SourceKeyId;
  if (other === undefined) {
    return members.CiphertextBlob === undefined ? undefined : String(readCiphertext(members.CiphertextBlob).keyId === key?.keyId);
  }
  const reference = readKeyReference(other, store.place);
  const keyId = reference.kind === 'key' ? reference.keyId : store.aliases.get(reference.aliasName)?.keyId;
  return String(keyId === key?.keyId && reference.account === key?.account);
}
