import { Lazy, Stack, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { ICustomerManagedKey } from './i-customer-managed-key';
import { KeyAndAliases } from './key-and-aliases';
import type { KeyAccessSetting } from './kind/key-kind';
import { ManagedKey } from './managed-key';
import { pendingWindowProblems } from './pending-window';
import type { KeyAccessProps } from './policy/key-access';
import { KeyPolicy } from './policy/key-policy';
import type { ReplicaKeyOptions } from './replica-key-options';
import { describeProblem } from '../contract/problem';
import { daysForCloudFormation } from '../validation/in-range';
import { ALIAS, DURATION, REMOVAL_POLICY, TEXT } from '../validation/kinds';
import { descriptionProblems, tagProblems } from '../validation/kms-text';
import { optional, requireScope, requireShape, type Shape } from '../validation/shape';
import { deployAfter } from '../validation/stack-order';

/** Properties of a primary that its replicas have, too, unless they have their own. */
export interface SharedWithReplicas {
  readonly setting: KeyAccessSetting;
  readonly declared: KeyAccessProps & ReplicaKeyOptions & { readonly alias: string };
  readonly removalPolicy: RemovalPolicy;
}

const REPLICA_KEY_SHAPE: Shape<ReplicaKeyOptions> = {
  alias: optional(ALIAS),
  description: optional(TEXT),
  pendingWindow: optional(DURATION),
  removalPolicy: optional(REMOVAL_POLICY),
};

/** Key that can have replicas. */
export interface PrimaryKey extends ICustomerManagedKey {
  /** Allows the replica to be created, or throws. */
  _replicateTo(replica: Construct): SharedWithReplicas;
}

/**
 * Replica of a multi-Region key. `CustomerManagedKey.addReplica`, which creates it, describes it to users.
 *
 * @internal
 */
export class ReplicaKey extends ManagedKey {
  /**
   * The ARN of the replica. Resources of its own Region that refer to it are deployed after the replica is usable.
   *
   * In other Regions the ARN is formed from the key id that the replica shares with the primary. The stack of the
   * primary can therefore also refer to the replica, although it is deployed first.
   */
  public readonly keyArn: string;
  /**
   * The id of the replica, equal to that of the primary. Resources of its own Region that refer to it are deployed
   * after it is usable.
   */
  public readonly keyId: string;

  /** @internal */
  public readonly _setting: KeyAccessSetting;
  /** @internal */
  protected readonly _policy: iam.PolicyDocument;
  /** @internal */
  protected readonly _delegatesToIam: boolean;
  /** @internal */
  protected readonly _resources: KeyAndAliases;

  public constructor(scope: Construct, id: string, primaryKey: PrimaryKey, options: ReplicaKeyOptions) {
    super(requireScope('CustomerManagedKey.addReplica', scope, id), id);
    requireShape(this.node.path, options, REPLICA_KEY_SHAPE);
    const { setting, declared, removalPolicy } = primaryKey._replicateTo(this);
    const pendingWindow = options.pendingWindow ?? declared.pendingWindow;
    const policy = new KeyPolicy(this, declared, setting);

    this._setting = setting;
    this._policy = policy.document;
    this._delegatesToIam = policy.delegatesToIam;
    const key = new kms.CfnReplicaKey(this, 'Resource', {
      primaryKeyArn: primaryKey.keyArn,
      keyPolicy: policy.document,
      description: options.description ?? declared.description,
      pendingWindowInDays: daysForCloudFormation(pendingWindow),
    });
    this._resources = new KeyAndAliases(this, key, options.alias ?? declared.alias, options.removalPolicy ?? removalPolicy);
    this.keyId = this.byRegionOfReader(key.ref, primaryKey.keyId);
    this.keyArn = this.byRegionOfReader(key.attrArn, this.arnOf(primaryKey.keyId));
    deployAfter(Stack.of(this), Stack.of(primaryKey), 'a replica is created from its primary');

    this.node.addValidation({
      validate: () => [
        ...pendingWindowProblems(pendingWindow),
        ...descriptionProblems(options.description),
        ...tagProblems(key.tags.tagValues(), { ownTags: 0 }),
        ...policy.problems(),
      ],
    });
  }

  /**
   * Not supported: AWS KMS rotates a multi-Region key only at its primary.
   *
   * @param _grantee Not used.
   */
  public override grantRotate(_grantee: iam.IGrantable): iam.Grant {
    throw new Error(describeProblem({
      where: this.node.path, what: 'a replica cannot rotate', remedy: 'grant it on the primary: replicas get its new key material',
    }));
  }

  private arnOf(keyId: string): string {
    return Stack.of(this).formatArn({ service: 'kms', resource: 'key', resourceName: keyId });
  }

  /**
   * A stack in another Region must not depend on the stack of the replica: the latter depends on the stack of the
   * primary.
   */
  private byRegionOfReader(inItsRegion: string, elsewhere: string): string {
    return Lazy.uncachedString({ produce: ({ scope }) => Stack.of(scope).region === Stack.of(this).region ? inItsRegion : elsewhere });
  }
}
