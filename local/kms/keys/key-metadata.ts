import type { KmsKey } from './kms-key';
import { stateOf } from './states';
import { seconds } from '../operations/operation';

/** A key as CreateKey and DescribeKey tell it. */
export function keyMetadata(key: KmsKey): Record<string, unknown> {
  const state = stateOf(key);
  return {
    AWSAccountId: key.account,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: seconds(key.createdAt),
    Enabled: state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: state,
    Origin: key.origin,
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
    CurrentKeyMaterialId: key.materials.current?.id,
    ...expiration(key),
    ...(key.deletionAt === undefined ? {} : { DeletionDate: seconds(key.deletionAt) }),
  };
}

/** What is told of expiry: the material that goes first takes the whole key out of service. */
function expiration({ origin, materials }: KmsKey): Record<string, unknown> {
  const allPresent = materials.associated.every((material) => material.secret !== undefined);
  if (origin !== 'EXTERNAL' || materials.current === undefined || !allPresent) return {};
  const earliest = Math.min(...materials.associated.map((material) => material.validTo ?? Infinity));
  return earliest === Infinity
    ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
    : { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: seconds(earliest) };
}
