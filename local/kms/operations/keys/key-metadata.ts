import { isSymmetric, type KmsKey, type MultiRegionGroup } from '../../model/keys/kms-key';
import { stateOf } from '../../model/keys/states';
import { algorithmsOf, type KeyUsage } from '../../protocol/key-spec';
import { seconds } from '../call/operation';

/** The member of the key metadata that lists the algorithms. */
export const ALGORITHMS_MEMBER: Readonly<Record<KeyUsage, string>> = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  GENERATE_VERIFY_MAC: 'MacAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
  ENCAPSULATE_DECAPSULATE: 'EncapsulationAlgorithms',
};

/** The metadata of a key, as CreateKey and DescribeKey return them. */
export function keyMetadata(key: KmsKey): Record<string, unknown> {
  const state = stateOf(key);
  return {
    AWSAccountId: key.account,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: seconds(key.createdAt),
    Enabled: state === 'Enabled',
    Description: key.description,
    KeyUsage: key.keyUsage,
    KeyState: state,
    Origin: key.origin,
    KeyManager: key.manager ?? 'CUSTOMER',
    KeySpec: key.keySpec,
    CustomerMasterKeySpec: key.keySpec,
    [ALGORITHMS_MEMBER[key.keyUsage]]: algorithmsOf(key.keySpec, key.keyUsage),
    MultiRegion: key.multiRegion !== undefined,
    ...(key.multiRegion === undefined ? {} : { MultiRegionConfiguration: multiRegionConfiguration(key, key.multiRegion) }),
    ...(isSymmetric(key) && state !== 'Creating' && { CurrentKeyMaterialId: key.materials.current?.id }),
    ...expiration(key),
    ...(key.deletionAt === undefined ? {} : { DeletionDate: seconds(key.deletionAt) }),
    ...(key.deletionWindowInDays === undefined ? {} : { PendingDeletionWindowInDays: key.deletionWindowInDays }),
  };
}

function multiRegionConfiguration(key: KmsKey, { primaryRegion, replicaRegions }: MultiRegionGroup): Record<string, unknown> {
  const related = (Region: string) => ({ Arn: key.arn.replace(`:${key.region}:`, `:${Region}:`), Region });
  return {
    MultiRegionKeyType: key.region === primaryRegion ? 'PRIMARY' : 'REPLICA',
    PrimaryKey: related(primaryRegion),
    ReplicaKeys: replicaRegions.map(related),
  };
}

/** The members about expiry: the earliest expiry of its key materials makes the whole key unusable. */
function expiration({ origin, materials }: KmsKey): Record<string, unknown> {
  if (origin !== 'EXTERNAL' || !materials.complete) return {};
  const earliest = Math.min(...materials.associated.map((material) => material.validTo ?? Infinity));
  return earliest === Infinity
    ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
    : { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: seconds(earliest) };
}
