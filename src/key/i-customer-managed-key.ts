import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';

/**
 * Customer managed KMS key, created by this library or existing. It can be used wherever the AWS CDK accepts a key.
 *
 * Unlike the grants of the CDK, `grantEncrypt` includes ReEncryptTo only, never ReEncryptFrom.
 */
export interface ICustomerManagedKey extends kms.IKey {
  /**
   * Grants permission to generate data keys, with or without plaintext. It includes no permission to decrypt them
   * later.
   */
  grantGenerateDataKey(grantee: iam.IGrantable): iam.Grant;

  /** Grants permission to re-encrypt ciphertext of this key to another key. The grantee does not see plaintext. */
  grantReEncryptFrom(grantee: iam.IGrantable): iam.Grant;

  /** Grants permission to re-encrypt ciphertext of another key to this key. The grantee does not see plaintext. */
  grantReEncryptTo(grantee: iam.IGrantable): iam.Grant;

  /** Grants permission to derive shared secrets, and to read the public key. */
  grantDeriveSharedSecret(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants permission to rotate the key on demand, which a key allows 25 times in its lifetime, and to list its
   * rotations.
   */
  grantRotate(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants permission to manage the key: policy, state, aliases, tags, deletion. It includes neither use of the key nor
   * CreateGrant.
   *
   * To manage aliases, the grantee also needs the same actions on the alias ARN in an IAM policy: an alias has no
   * resource policy.
   */
  grantAdmin(grantee: iam.IGrantable): iam.Grant;
}
