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
   * The key that is replicated: one with `multiRegion: true`, in a stack of the same account and another Region.
   *
   * It can never be changed: another primary makes another replica, and the one that there was leaves the stack as `removalPolicy` says.
   */
  readonly primaryKey: CustomerManagedKey;

  /**
   * The name that people and programs know the replica by in its Region. `orders` and `alias/orders` mean the same.
   *
   * It belongs to one key of account and Region: a deployment fails if somebody else has it. A token has to bring `alias/` along.
   *
   * @default - that of the primary, so that programs find the key under one name wherever they run
   */
  readonly alias?: string;

  /**
   * More names for the replica in its Region.
   *
   * @default - those from the properties of the primary
   */
  readonly additionalAliases?: string[];

  /**
   * What the replica is for, as the console shows it. AWS KMS does not bring it along from the primary.
   *
   * @default - that of the primary
   */
  readonly description?: string;

  /**
   * How long the replica waits between the decision to delete it and its deletion, from 7 to 30 days.
   *
   * What was encrypted under it can still be decrypted with the primary, and with every other replica.
   *
   * @default - that of the primary
   */
  readonly pendingWindow?: Duration;

  /**
   * What happens to replica and aliases when they leave the stack.
   *
   * A primary that is to be deleted waits, unusable, for its last replica to be gone: whoever keeps a replica keeps the primary so.
   *
   * @default - that of the primary, which is to stay unless it says otherwise
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A multi-Region KMS key in one more Region: same id, same material, and what is encrypted in one Region is decrypted in the other.
 *
 * Kind, rotation and key material are those of the primary, for ever. So is who may do what: posture, administrators, users and all the rest
 * of what the primary's properties say about access stands in the key policy of the replica, too. What is granted later (`grantDecrypt` and
 * its like, `addToResourcePolicy`) and tags count for the one key that they are said to. Source: "Multi-Region keys in AWS KMS", AWS KMS
 * developer guide.
 *
 * Its stack needs `crossRegionReferences: true`, and is deployed after that of the primary. Whoever deploys it needs `kms:ReplicateKey` on
 * the primary: where the key policy alone decides, the primary's says so, and the replica's Region has to be bootstrapped before, since
 * AWS KMS takes no principal that does not exist.
 *
 * A replica costs what a key costs: 1 USD a month, and requests.
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
   * The ARN of the replica. What refers to it in its own Region waits until the replica can be used.
   *
   * In other Regions it is put together from the id that it shares with the primary. So the stack of the primary may name the replica, too,
   * although it is deployed before.
   */
  public readonly keyArn: string;
  /** The id of the replica, which is that of the primary. What refers to it in its own Region waits until the replica can be used. */
  public readonly keyId: string;
  /** The alias, with `alias/` in front. */
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
    this.keyId = this.dependingOnTheReader(key.ref, primaryKey.keyId);
    this.keyArn = this.dependingOnTheReader(key.attrArn, this.arnOf(primaryKey.keyId));
    Stack.of(this).addDependency(Stack.of(primaryKey), 'a replica is made from its primary');

    this.node.addValidation({
      validate: () => [...names.flatMap(aliasProblems), ...pendingWindowProblems(pendingWindow), ...policy.problems()],
    });
  }

  /**
   * Refused: AWS KMS rotates all keys of a set at their primary, and takes no such request for a replica.
   *
   * @param _grantee Who would be let in.
   */
  public override grantRotate(_grantee: iam.IGrantable): iam.Grant {
    throw new Error(describeProblem({
      where: this.node.path, what: 'a replica cannot rotate', remedy: 'grant it on the primary, whose new material replicas share',
    }));
  }

  private arnOf(keyId: string): string {
    return Stack.of(this).formatArn({ service: 'kms', resource: 'key', resourceName: keyId });
  }

  /** A stack in another Region, above all that of the primary, must not wait for the replica: the replica's stack waits for the primary's. */
  private dependingOnTheReader(inItsRegion: string, elsewhere: string): string {
    return Lazy.uncachedString({ produce: ({ scope }) => Stack.of(scope).region === Stack.of(this).region ? inItsRegion : elsewhere });
  }
}
