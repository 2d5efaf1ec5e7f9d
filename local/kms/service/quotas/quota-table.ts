import type { KeySpec } from '../../protocol/key-spec';
import type { OperationName } from '../../protocol/operation-names';

/**
 * A group of operations with one shared rate. An operation that shares its rate with no other is a group of its own.
 */
export type QuotaGroup = 'symmetric' | 'rsa' | 'ecc' | 'mlDsa' | 'mlKem' | `GenerateDataKeyPair/${string}` | OperationName;

/** Requests per second, for each account in each Region. */
const RATES_OF_OPERATIONS: readonly (readonly [rate: number, ...operations: OperationName[]])[] = [
  [1, 'GetParametersForImport'],
  [5, 'CancelKeyDeletion', 'CreateAlias', 'CreateKey', 'DisableKey', 'DisableKeyRotation', 'EnableKey', 'GetKeyLastUsage', 'ReplicateKey',
    'RotateKeyOnDemand', 'UntagResource', 'UpdateAlias', 'UpdateKeyDescription', 'UpdatePrimaryRegion'],
  [10, 'TagResource'],
  [15, 'DeleteAlias', 'DeleteImportedKeyMaterial', 'EnableKeyRotation', 'ImportKeyMaterial', 'PutKeyPolicy', 'ScheduleKeyDeletion'],
  [50, 'CreateGrant', 'RetireGrant', 'RevokeGrant'],
  [100, 'ListGrants', 'ListKeyPolicies', 'ListKeyRotations', 'ListRetirableGrants'],
  [500, 'ListAliases', 'ListKeys'],
  [1000, 'GetKeyPolicy', 'GetKeyRotationStatus'],
  [2000, 'DescribeKey', 'GetPublicKey', 'ListResourceTags'],
];

/** Requests per second of data key pairs, by the spec of the pair: generation of primes costs most. */
const RATES_OF_KEY_PAIRS: Readonly<Record<string, number>> = {
  RSA_2048: 20,
  RSA_3072: 4,
  RSA_4096: 1,
  ECC_NIST_P256: 100,
  ECC_NIST_P384: 100,
  ECC_NIST_P521: 100,
  ECC_SECG_P256K1: 100,
  ECC_NIST_EDWARDS25519: 100,
};

/** Requests per second of symmetric encryption keys, HMAC keys and random bytes, by Region. */
const SYMMETRIC_RATES: Readonly<Record<string, number>> = {
  'us-east-1': 100_000,
  'us-west-2': 100_000,
  'eu-west-1': 100_000,
  'us-east-2': 20_000,
  'ap-southeast-1': 20_000,
  'ap-southeast-2': 20_000,
  'ap-northeast-1': 20_000,
  'eu-central-1': 20_000,
  'eu-west-2': 20_000,
};
const SYMMETRIC_RATE_ELSEWHERE = 10_000;

const RATES_EVERYWHERE: ReadonlyMap<string, number> = new Map<string, number>([
  ...RATES_OF_OPERATIONS.flatMap(([rate, ...operations]) => operations.map((name): [string, number] => [name, rate])),
  ...Object.entries(RATES_OF_KEY_PAIRS).map(([spec, rate]): [string, number] => [`GenerateDataKeyPair/${spec}`, rate]),
  ['rsa', 1000],
  ['ecc', 1000],
  ['mlDsa', 1000],
  // A published rate for ML-KEM is unconfirmed: it is assumed to be that of the other asymmetric groups.
  ['mlKem', 1000],
]);

/** The names of all groups, in which a user can change a rate. */
export const QUOTA_GROUPS: readonly string[] = ['symmetric', ...RATES_EVERYWHERE.keys()];

/** The requests per second that AWS publishes for a group in this Region; `undefined` if no quota is known. */
export function publishedRate(group: QuotaGroup, region: string): number | undefined {
  return group === 'symmetric' ? SYMMETRIC_RATES[region] ?? SYMMETRIC_RATE_ELSEWHERE : RATES_EVERYWHERE.get(group);
}

/** The group in which cryptographic operations with a key of this spec count. */
export function groupOfSpec(keySpec: KeySpec): QuotaGroup {
  if (keySpec.startsWith('RSA_')) return 'rsa';
  if (keySpec.startsWith('ECC_')) return 'ecc';
  if (keySpec.startsWith('ML_DSA_')) return 'mlDsa';
  return keySpec.startsWith('ML_KEM_') ? 'mlKem' : 'symmetric';
}
