import type { KeyMetadata } from '@aws-sdk/client-kms';
import type { KeyDescription } from '../../ports/keys';

/** Converts the metadata that DescribeKey and CreateKey return. */
export function describeKeyMetadata(metadata: KeyMetadata | undefined): KeyDescription {
  if (metadata?.KeyId === undefined || metadata.Arn === undefined || metadata.KeyState === undefined) {
    throw new Error('AWS KMS described a key without id, ARN or state');
  }
  return {
    keyId: metadata.KeyId,
    keyArn: metadata.Arn,
    state: metadata.KeyState,
    origin: metadata.Origin ?? 'AWS_KMS',
    keySpec: metadata.KeySpec ?? 'SYMMETRIC_DEFAULT',
    createdAt: metadata.CreationDate ?? new Date(0),
    deletionDate: metadata.DeletionDate,
  };
}
