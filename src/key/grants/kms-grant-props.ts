import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { GrantOperation } from './grant-operation';
import { type DeploymentFunctionOptions } from '../../custom-resource/deployment-function-options';

/** Properties of `KmsGrant`. */
export interface KmsGrantProps {
  /** The key of the grant. An alias is refused, because it can refer to another key later. */
  readonly key: kms.IKey;

  /** The principal that gets the grant: one role or user. Accounts, services and wildcards are refused. */
  readonly grantee: iam.IGrantable;

  /** The operations that the grant allows. */
  readonly operations: GrantOperation[];

  /**
   * The principal that may retire the grant, regardless of policies.
   *
   * A grant has at most one retiring principal. By default it is the function that deploys the grant: it can then
   * retire the grant even if its permission to revoke the grant is already removed from the stack. For that reason,
   * another principal is refused if only the key policy decides.
   *
   * Do not change `key` of a grant with another retiring principal: declare a new grant and remove the old one.
   *
   * A grantee that retires its own grant does not need this property, only `GrantOperation.RETIRE_GRANT`.
   *
   * @default - the function that creates the grants of the stack
   */
  readonly retiringPrincipal?: iam.IGrantable;

  /**
   * The pairs of the encryption context that every request must have, and no other pairs. At most 8 pairs, with values
   * of at most 384 characters.
   *
   * Only symmetric encryption keys support encryption contexts. An encryption context is not secret: CloudTrail logs
   * it. In a grant the names of pairs are not case-sensitive, so two names that differ only by case are refused.
   *
   * @default - any encryption context is allowed
   */
  readonly encryptionContextEquals?: { readonly [name: string]: string };

  /**
   * Pairs that the encryption context of every request must contain; it may contain others. At most 8 pairs, with
   * values of at most 384 characters.
   *
   * Only symmetric encryption keys support encryption contexts. An encryption context is not secret: CloudTrail logs
   * it. In a grant the names of pairs are not case-sensitive, so two names that differ only by case are refused.
   *
   * @default - any encryption context is allowed
   */
  readonly encryptionContextSubset?: { readonly [name: string]: string };

  /**
   * The first part of the name of the grant, which ListGrants shows. The whole name is
   * `<name>/<path of the construct>/<UUID of the stack>`.
   *
   * @default - the whole name is `<path of the construct>/<UUID of the stack>`
   */
  readonly name?: string;

  /**
   * Network and processor of the function that creates and revokes the grant. The grants of a stack share it.
   *
   * @default - outside your VPCs, on ARM
   */
  readonly deploymentFunction?: DeploymentFunctionOptions;
}
