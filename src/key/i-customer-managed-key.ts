import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';

/** A KMS key of one's own, whoever has made it. It goes wherever the AWS CDK takes a key, and grants along KMS's real edges. */
export interface ICustomerManagedKey extends kms.IKey {
  /**
   * Lets the grantee have data keys made, with or without seeing them. It can open none that it has not just been given.
   *
   * @param grantee Who may.
   */
  grantGenerateDataKey(grantee: iam.IGrantable): iam.Grant;

  /**
   * Lets the grantee take ciphertext from this key to another key that it may re-encrypt to, without seeing what is in it.
   *
   * @param grantee Who may.
   */
  grantReEncryptFrom(grantee: iam.IGrantable): iam.Grant;

  /**
   * Lets the grantee bring ciphertext under this key from another key that it may re-encrypt from, without seeing what is in it.
   *
   * @param grantee Who may.
   */
  grantReEncryptTo(grantee: iam.IGrantable): iam.Grant;

  /**
   * Lets the grantee derive secrets that the key shares with others, and have the public key.
   *
   * @param grantee Who may.
   */
  grantDeriveSharedSecret(grantee: iam.IGrantable): iam.Grant;

  /**
   * Lets the grantee rotate the key now, of which a key allows 25 times in its life, and see which rotations there were.
   *
   * @param grantee Who may.
   */
  grantRotate(grantee: iam.IGrantable): iam.Grant;

  /**
   * Lets the grantee manage the key: policy, state, aliases, tags, deletion. It cannot use the key, nor let somebody in by a KMS grant.
   *
   * For its aliases it needs the same actions on the alias, too: in its IAM policy, since aliases have no policies.
   *
   * @param grantee Who may.
   */
  grantAdmin(grantee: iam.IGrantable): iam.Grant;
}
