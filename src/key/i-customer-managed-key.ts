import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';

/**
 * Customer managed KMS key, created by this library or existing. It can be used wherever the AWS CDK accepts a key.
 *
 * `grantEncrypt` of the CDK also allows ReEncryptFrom. `grantEncrypt` of this interface allows ReEncryptTo and not
 * ReEncryptFrom.
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
   * Grants permission to rotate the key on demand, and to list its rotations. A key allows 25 on-demand rotations in
   * its lifetime.
   */
  grantRotate(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants permission to manage the key: policy, state, aliases, tags, deletion. It includes neither use of the key nor
   * CreateGrant.
   *
   * To manage aliases, the grantee also needs `kms:CreateAlias`, `kms:UpdateAlias` and `kms:DeleteAlias` on the ARN of
   * the alias, in an IAM policy: an alias has no policy of its own.
   */
  grantAdmin(grantee: iam.IGrantable): iam.Grant;
}
