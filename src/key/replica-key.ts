import { Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { aliasProblems, fullAliasName } from './alias-name';
import type { CustomerManagedKey } from './customer-managed-key';
import { KeyAndAliases } from './key-and-aliases';
import type { KeyAccessSetting } from './kind/key-kind';
import { ManagedKey } from './managed-key';
import { pendingWindowProblems } from './pending-window';
import { KeyPolicy } from './policy/key-policy';
import { describeProblem } from '../contract/problem';

/** Properties of `ReplicaKey`. */
export interface ReplicaKeyProps {
  /**
   * The key to replicate: a key with `multiRegion: true` in a stack of the same account and another Region.
   *
   * It cannot be changed: another primary means a new replica, and the old replica is removed from the stack according
   * to `removalPolicy`.
   */
  readonly primaryKey: CustomerManagedKey;

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
   * Additional aliases of the replica in its Region.
   *
   * @default - the `additionalAliases` of the primary
   */
  readonly additionalAliases?: string[];

  /**
   * The description of the replica, as the KMS console shows it. AWS KMS does not copy it from the primary.
   *
   * @default - the description of the primary
   */
  readonly description?: string;

  /**
   * The waiting period between scheduling the deletion of the replica and its deletion: 7 to 30 days.
   *
   * After the deletion, the primary and every other replica can still decrypt its ciphertext.
   *
   * @default - the pending window of the primary
   */
  readonly pendingWindow?: Duration;

  /**
   * The policy for the replica and its aliases when they are removed from the stack.
   *
   * A primary that is scheduled for deletion stays unusable, and is not deleted, until its last replica is deleted.
   *
   * @default - the removal policy of the primary: RETAIN_ON_UPDATE_OR_DELETE unless the primary has another
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Replica of a multi-Region KMS key in another Region, with the same key id and key material. Ciphertext of one Region
 * can be decrypted in the other.
 *
 * Spec, usage, rotation and key material are always those of the primary. The access properties of the primary
 * (posture, administrators, users and all others) also apply to the key policy of the replica. Later grants
 * (`grantDecrypt`, `addToResourcePolicy` and the like) and tags apply only to the key on which they are set. Source:
 * "Multi-Region keys in AWS KMS", AWS KMS developer guide.
 *
 * Its stack needs `crossRegionReferences: true`, and is deployed after the stack of the primary. The deployment role
 * needs `kms:ReplicateKey` on the primary. If only the key policy decides, the policy of the primary allows it; the
 * Region of the replica must then be bootstrapped first, because AWS KMS refuses a principal that does not exist.
 *
 * A replica costs the same as a key: 1 USD per month, plus requests.
 *
 * @example
 * declare const app: App;
 * declare const ordersService: iam.Role;
 *
 * const frankfurt = new Stack(app, 'Frankfurt', { env: { region: 'eu-central-1' } });
 * const ireland = new Stack(app, 'Ireland', { env: { region: 'eu-west-1' }, crossRegionReferences: true });
 *
 * const orders = new CustomerManagedKey(frankfurt, 'Orders', { alias: 'alias/orders', multiRegion: true, users: [ordersService] });
 * new ReplicaKey(ireland, 'Orders', { primaryKey: orders });
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
  /** The alias, with the prefix `alias/`. */
  public readonly aliasName: string;

  /** @internal */
  public readonly _setting: KeyAccessSetting;
  /** @internal */
  protected readonly _policy: iam.PolicyDocument;
  /** @internal */
  protected readonly _delegatesToIam: boolean;
  /** @internal */
  protected readonly _resources: KeyAndAliases;

  public constructor(scope: Construct, id: string, props: ReplicaKeyProps) {
    super(scope, id);
    const { primaryKey } = props;
    const { setting, declared, removalPolicy } = primaryKey._replicateTo(this);
    const names = [props.alias ?? declared.alias, ...props.additionalAliases ?? declared.additionalAliases ?? []].map(fullAliasName);
    const pendingWindow = props.pendingWindow ?? declared.pendingWindow;
    const policy = new KeyPolicy(this, declared, setting);

    this.aliasName = names[0] as string;
    this._setting = setting;
    this._policy = policy.document;
    this._delegatesToIam = policy.delegatesToIam;
    const key = new kms.CfnReplicaKey(this, 'Resource', {
      primaryKeyArn: primaryKey.keyArn,
      keyPolicy: policy.document,
      description: props.description ?? declared.description,
      pendingWindowInDays: pendingWindow?.toDays(),
    });
    this._resources = new KeyAndAliases(this, key, names, props.removalPolicy ?? removalPolicy);
    this.keyId = this.byRegionOfReader(key.ref, primaryKey.keyId);
    this.keyArn = this.byRegionOfReader(key.attrArn, this.arnOf(primaryKey.keyId));
    Stack.of(this).addDependency(Stack.of(primaryKey), 'a replica is created from its primary');

    this.node.addValidation({
      validate: () => [...names.flatMap(aliasProblems), ...pendingWindowProblems(pendingWindow), ...policy.problems()],
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
