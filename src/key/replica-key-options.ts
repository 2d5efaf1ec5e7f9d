import type { Duration, RemovalPolicy } from 'aws-cdk-lib';

/** Options of a replica of a multi-Region key. */
export interface ReplicaKeyOptions {
  /**
   * The alias that applications and operators use for the replica in its Region. `orders` and `alias/orders` mean the
   * same alias.
   *
   * An alias belongs to one key per account and Region: the deployment fails if the alias already exists. A token must
   * include `alias/`.
   *
   * @default - the alias of the primary, so that applications use the same alias in every Region
   */
  readonly alias?: string;

  /**
   * The description of the replica, as the KMS console shows it. AWS KMS does not copy it from the primary.
   *
   * @default - the description of the primary
   */
  readonly description?: string;

  /**
   * The waiting period of AWS KMS between ScheduleKeyDeletion and the deletion of the replica: 7 to 30 days.
   *
   * After the deletion, the primary and every other replica can still decrypt its ciphertext.
   *
   * @default - the pending window of the primary
   */
  readonly pendingWindow?: Duration;

  /**
   * The policy for the replica and its alias when they are removed from the stack.
   *
   * A primary that is scheduled for deletion stays unusable, and is not deleted, until its last replica is deleted.
   *
   * @default - the removal policy of the primary: RETAIN_ON_UPDATE_OR_DELETE unless the primary has another
   */
  readonly removalPolicy?: RemovalPolicy;
}
