import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { GrantOperation } from './grant-operation';

/** Properties of `KmsGrant`. */
export interface KmsGrantProps {
  /** The key of the grant. An alias is refused, because it may point to another key tomorrow. */
  readonly key: kms.IKey;

  /** The principal that gets the grant: one role or user. Accounts, services and wildcards are refused. */
  readonly grantee: iam.IGrantable;

  /** The operations that the grant allows. */
  readonly operations: GrantOperation[];

  /**
   * The principal that may retire the grant, regardless of policies.
   *
   * A grant has at most one retiring principal. By default it is the function that deploys the grant, so that the
   * function can end the grant even after its permission to revoke it was removed from the stack. Another principal is
   * therefore refused if only the key policy decides. In all other cases, do not move a grant with another retiring
   * principal to another key: declare a new grant and remove this one. A grantee that retires the grant itself needs
   * only `GrantOperation.RETIRE_GRANT`.
   *
   * @default - the function that creates the grants of the stack
   */
  readonly retiringPrincipal?: iam.IGrantable;

  /**
   * The encryption context that every request must have: exactly these pairs. At most 8, each value of at most 384
   * characters.
   *
   * Only symmetric encryption keys support encryption contexts. It is not secret: CloudTrail logs it. The names of
   * pairs are not case-sensitive in a grant, so two names that differ only by case are refused.
   *
   * @default - any encryption context is allowed
   */
  readonly encryptionContextEquals?: { readonly [name: string]: string };

  /**
   * The encryption context that every request must have: at least these pairs. At most 8, each value of at most 384
   * characters.
   *
   * Only symmetric encryption keys support encryption contexts. It is not secret: CloudTrail logs it. The names of
   * pairs are not case-sensitive in a grant, so two names that differ only by case are refused.
   *
   * @default - any encryption context is allowed
   */
  readonly encryptionContextSubset?: { readonly [name: string]: string };

  /**
   * The beginning of the name of the grant, for ListGrants. The path of the construct and the UUID of the stack follow,
   * after slashes.
   *
   * @default - the name begins with the name of the stack and the path of the construct
   */
  readonly name?: string;
}
