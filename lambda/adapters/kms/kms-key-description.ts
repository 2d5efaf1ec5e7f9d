import type { KeyMetadata } from '@aws-sdk/client-kms';
import type { KeyDescription } from '../../ports/keys';

/**
 * Converts the metadata that DescribeKey and CreateKey return. A member that is absent never counts as the value that a
 * generation must have.
 */
export function describeKeyMetadata(metadata: KeyMetadata | undefined): KeyDescription {
  if (metadata?.KeyId === undefined || metadata.Arn === undefined || metadata.KeyState === undefined) {
    throw new Error('AWS KMS described a key without id, ARN or state');
  }
  return {
    keyId: metadata.KeyId,
    keyArn: metadata.Arn,
    state: metadata.KeyState,
    origin: metadata.Origin ?? 'AWS_KMS',
    keySpec: metadata.KeySpec ?? 'unknown',
    keyUsage: metadata.KeyUsage ?? 'unknown',
    keyManager: metadata.KeyManager ?? 'AWS',
    multiRegion: metadata.MultiRegion ?? true,
    createdAt: metadata.CreationDate ?? new Date(0),
    ...(metadata.ExpirationModel === 'KEY_MATERIAL_EXPIRES' ? { validTo: metadata.ValidTo ?? new Date(0) } : {}),
    deletionDate: metadata.DeletionDate,
  };
}
