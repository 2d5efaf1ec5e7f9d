import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { GrantOperation } from './grant-operation';

/** Properties of `KmsGrant`. */
export interface KmsGrantProps {
  /** The key that the grant stands on: the key itself, since an alias may name another one tomorrow. */
  readonly key: kms.IKey;

  /** Who is granted it: one role or user. Whole accounts, services and wildcards are refused. */
  readonly grantee: iam.IGrantable;

  /** What the grantee may do with the key. */
  readonly operations: GrantOperation[];

  /**
   * Who may retire the grant, whatever policies say.
   *
   * A grant has one such principal at most. By default the deployment is it, so that it can end the grant even when the permission to
   * revoke it has just left the stack. So another one is refused where the key policy alone decides; elsewhere, do not move such a grant to
   * another key, but declare a new one and remove this one. A grantee that is to give the grant back itself needs
   * `GrantOperation.RETIRE_GRANT` only.
   *
   * @default - the function that makes the grants of the stack
   */
  readonly retiringPrincipal?: iam.IGrantable;

  /**
   * The encryption context that every use has to bring: these pairs, and no others. At most 8, each value of at most 384 characters.
   *
   * Only symmetric encryption keys know encryption contexts. It is no secret: CloudTrail shows it. A grant does not tell upper from lower
   * case in the names of pairs, so two that differ by case alone are refused.
   *
   * @default - any
   */
  readonly encryptionContextEquals?: { readonly [name: string]: string };

  /**
   * The encryption context that every use has to bring: these pairs, among others. At most 8, each value of at most 384 characters.
   *
   * Only symmetric encryption keys know encryption contexts. It is no secret: CloudTrail shows it. A grant does not tell upper from lower
   * case in the names of pairs, so two that differ by case alone are refused.
   *
   * @default - any
   */
  readonly encryptionContextSubset?: { readonly [name: string]: string };

  /**
   * What the name of the grant begins with, for people who list grants. Where it is declared and the id of its stack follow, after slashes.
   *
   * @default - the name begins with the name of the stack and the path of the construct
   */
  readonly name?: string;
}
