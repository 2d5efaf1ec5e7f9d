import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * Existing KMS key of this account and Region, known only by its alias.
 *
 * It is deliberately not an `IKey`: the alias can refer to another key later, and a key id or an ARN would then be
 * outdated. Applications use the alias. Each grant is an IAM policy statement on `key/*` with the condition that the
 * key has this alias (`kms:ResourceAliases`), so it needs a key policy that delegates access to IAM. A principal
 * without an IAM policy, such as a service, gets no permission: `success` of the returned `Grant` is then false.
 *
 * If the alias moves to another key, the grants apply to that key within five minutes. Every principal that may move
 * the alias therefore decides which key the grantees may use. Source: "Use aliases to control access to KMS keys", AWS
 * KMS developer guide.
 *
 * **Not for the alias of a rotating key:** see `CustomerManagedKey.fromAliasName`.
 */
export interface IKeyAlias extends IConstruct {
  /** The alias, with the prefix `alias/`. */
  readonly aliasName: string;

  /**
   * Grants these KMS actions on the key that has the alias.
   *
   * @param grantee The principal. It needs an IAM policy.
   * @param actions KMS actions, such as `kms:Sign`.
   */
  grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant;

  /** Grants permission to decrypt. */
  grantDecrypt(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants permission to encrypt, generate data keys, and re-encrypt to the key. It includes no permission to decrypt.
   */
  grantEncrypt(grantee: iam.IGrantable): iam.Grant;

  /** Grants permission to encrypt, generate data keys, decrypt, and re-encrypt in both directions. */
  grantEncryptDecrypt(grantee: iam.IGrantable): iam.Grant;
}
