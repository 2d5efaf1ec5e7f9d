import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { fullAliasName } from './alias-name';
import type { ICustomerManagedKey } from './i-customer-managed-key';
import type { IKeyAlias } from './key-alias';
import { KeyAndAliases } from './key-and-aliases';
import { KeyFromAlias } from './key-from-alias';
import { KeyFromArn } from './key-from-arn';
import { rotationProperties, rotationProblems } from './kind/automatic-rotation';
import { kindOfKey, kindProblems, type KeyAccessSetting } from './kind/key-kind';
import { KmsKeySpec } from './kind/kms-key-spec';
import { ManagedKey } from './managed-key';
import { pendingWindowProblems } from './pending-window';
import type { KeyAccessProps } from './policy/key-access';
import { KEY_ACCESS_SHAPE } from './policy/key-access-shape';
import { KeyPolicy } from './policy/key-policy';
import { ReplicaKey, type SharedWithReplicas } from './replica-key';
import type { ReplicaKeyOptions } from './replica-key-options';
import { replicaProblems } from './replica-problems';
import { daysForCloudFormation } from '../validation/in-range';
import { ALIAS, DURATION, FLAG, memberOf, REMOVAL_POLICY, TEXT } from '../validation/kinds';
import { contextNameProblems, descriptionProblems, tagProblems } from '../validation/kms-text';
import { optional, requireScope, requireShape, type Shape } from '../validation/shape';

/** Properties of `CustomerManagedKey`. */
export interface CustomerManagedKeyProps extends KeyAccessProps {
  /**
   * The alias that applications and operators use for the key. `signing` and `alias/signing` mean the same alias.
   *
   * An alias belongs to one key per account and Region: the deployment fails if the alias already exists. A token must
   * include `alias/`.
   */
  readonly alias: string;

  /**
   * The type of the key material. It cannot be changed after the key is created.
   *
   * @default KmsKeySpec.SYMMETRIC_DEFAULT
   */
  readonly keySpec?: KmsKeySpec;

  /**
   * The cryptographic operations that the key supports. It cannot be changed after the key is created.
   *
   * @default - the usage of the spec; required if the spec has several usages
   */
  readonly keyUsage?: kms.KeyUsage;

  /**
   * Whether AWS KMS rotates the key material automatically. KMS keeps old key material, so existing ciphertext can
   * still be decrypted: nothing is re-encrypted, and applications do not change.
   *
   * Each of the first two rotations of a key raises its price by 1 USD per month; later rotations are free. Source:
   * "Rotate AWS KMS keys", AWS KMS developer guide.
   *
   * @default - true for symmetric encryption keys, false for all other keys, which cannot rotate
   */
  readonly enableKeyRotation?: boolean;

  /**
   * The time between two automatic rotations: 90 to 2560 days.
   *
   * @default Duration.days(365)
   */
  readonly rotationPeriod?: Duration;

  /**
   * Whether the key may have replicas: keys with the same key id and key material in other Regions. See
   * `addReplica`.
   *
   * It cannot be changed after the key is created.
   *
   * @default false
   */
  readonly multiRegion?: boolean;

  /**
   * The description of the key, as the KMS console shows it.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * The waiting period of AWS KMS between ScheduleKeyDeletion and the deletion of the key: 7 to 30 days. The deletion
   * can be cancelled during this period and **cannot be undone after it**.
   *
   * @default Duration.days(30)
   */
  readonly pendingWindow?: Duration;

  /**
   * The policy for the key and its aliases when they are removed from the stack.
   *
   * By default they are retained, so ciphertext of the key stays readable. They are deleted only if the deployment that
   * creates them fails, so that the next attempt can create the aliases. **With `DESTROY`, all data encrypted under the
   * key is lost after `pendingWindow`.**
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

const CUSTOMER_MANAGED_KEY_SHAPE: Shape<CustomerManagedKeyProps> = {
  ...KEY_ACCESS_SHAPE,
  alias: ALIAS,
  keySpec: optional(memberOf('KmsKeySpec', KmsKeySpec, 'use a member of KmsKeySpec, not of kms.KeySpec, or KmsKeySpec.of', '_usages')),
  keyUsage: optional({ ...TEXT, allowed: 'a kms.KeyUsage', remedy: 'use a member of kms.KeyUsage' }),
  enableKeyRotation: optional(FLAG),
  rotationPeriod: optional(DURATION),
  multiRegion: optional(FLAG),
  description: optional(TEXT),
  pendingWindow: optional(DURATION),
  removalPolicy: optional(REMOVAL_POLICY),
};

/**
 * Customer managed KMS key of any key spec, with key material that AWS KMS generates.
 *
 * Each statement of its key policy has a Sid that reads as a sentence, such as `AdministratorsManageButCannotUse`.
 *
 * It can be used wherever the AWS CDK accepts a key. Tags are set as on any construct:
 * `Tags.of(key).add('team', 'orders')`.
 *
 * A key costs 1 USD per month, plus requests.
 *
 * @example
 * declare const security: iam.Role;
 * declare const releasePipeline: iam.Role;
 *
 * const key = new CustomerManagedKey(this, 'Signing', {
 *   alias: 'alias/signing',
 *   keySpec: KmsKeySpec.ECC_NIST_P256,
 *   keyUsage: kms.KeyUsage.SIGN_VERIFY,
 *   administrators: [security],
 *   users: [releasePipeline],
 * });
 */
export class CustomerManagedKey extends ManagedKey {
  /**
   * Existing KMS key. Its key policy is not changed: grants are IAM policy statements, which take effect if the key
   * policy delegates access to IAM.
   *
   * @param keyArn The ARN of the key. The ARN of an alias is refused.
   */
  public static fromKeyArn(scope: Construct, id: string, keyArn: string): ICustomerManagedKey {
    return new KeyFromArn(scope, id, keyArn);
  }

  /**
   * Existing key of this account and Region, known only by its alias. Each grant has the condition that the key has
   * this alias.
   *
   * **Do not use it for the alias of a `RotatingKey`**: use `RotatingKey.fromAliasName`. The grants cover only the key
   * that has the alias at the time of the call. After a rotation that is the new key, so the grantee gets AccessDenied
   * when it decrypts data of the old key. Synthesis warns only if the `RotatingKey` is in the same app.
   *
   * @param alias The alias. The prefix `alias/` is optional, except if the alias is a token.
   */
  public static fromAliasName(scope: Construct, id: string, alias: string): IKeyAlias {
    return new KeyFromAlias(scope, id, alias);
  }

  public readonly keyArn: string;
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
  private readonly declared: CustomerManagedKeyProps;
  private readonly keyPolicy: KeyPolicy;
  private readonly replicas: Construct[] = [];

  public constructor(scope: Construct, id: string, props: CustomerManagedKeyProps) {
    super(requireScope('CustomerManagedKey', scope, id), id);
    requireShape(this.node.path, props, CUSTOMER_MANAGED_KEY_SHAPE);
    const { keySpec = KmsKeySpec.SYMMETRIC_DEFAULT, multiRegion = false } = props;
    const kind = kindOfKey(keySpec, props.keyUsage);
    const setting = { kind, multiRegion, importedMaterial: false };
    const policy = new KeyPolicy(this, props, setting);

    this.aliasName = fullAliasName(props.alias);
    this._setting = setting;
    this._policy = policy.document;
    this._delegatesToIam = policy.delegatesToIam;
    this.declared = props;
    this.keyPolicy = policy;
    const key = new kms.CfnKey(this, 'Resource', {
      keySpec: keySpec.name,
      keyUsage: kind.usage,
      keyPolicy: policy.document,
      description: props.description,
      ...rotationProperties(kind, props),
      multiRegion: multiRegion || undefined,
      pendingWindowInDays: daysForCloudFormation(props.pendingWindow),
    });
    this._resources = new KeyAndAliases(this, key, props.alias, props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.keyArn = key.attrArn;
    this.keyId = key.ref;

    this.node.addValidation({
      validate: () => [
        ...kindProblems(keySpec, props.keyUsage),
        ...rotationProblems(kind, props),
        ...pendingWindowProblems(props.pendingWindow),
        ...descriptionProblems(props.description),
        ...contextNameProblems('encryptionContext', props.encryptionContext),
        ...tagProblems(key.tags.tagValues(), { ownTags: 0 }),
        ...policy.problems(),
      ],
    });
  }

  /**
   * Adds a replica of this key in another Region: a key with the same key id and key material. Ciphertext of one Region
   * can be decrypted in the other.
   *
   * Spec, usage, rotation and key material are always those of the primary, which is this key. The access properties of
   * the primary (posture, administrators, users and all others) also apply to the key policy of the replica. Grants
   * (`grantDecrypt`, `addToResourcePolicy` and the like) and tags apply only to the key on which they are set.
   * `grantRotate` is refused on a replica: AWS KMS rotates a multi-Region key only at its primary. Source:
   * "Multi-Region keys in AWS KMS", AWS KMS developer guide.
   *
   * The stack of the replica needs `crossRegionReferences: true`, and is deployed after the stack of the primary. The
   * deployment role needs `kms:ReplicateKey` on the primary. If only the key policy decides, the key policy of the
   * primary allows it. In that case, bootstrap the Region of the replica first: AWS KMS refuses a key policy that names
   * a role that does not exist.
   *
   * Resources in the Region of the replica that refer to it are deployed after it is usable. Resources in other Regions
   * can also refer to it, even in the stack of the primary: its ARN is formed from the key id that both keys share.
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
   * const orders = new CustomerManagedKey(frankfurt, 'Orders', {
   *   alias: 'alias/orders',
   *   multiRegion: true,
   *   users: [ordersService],
   * });
   * orders.addReplica(ireland, 'Orders');
   *
   * @param scope The scope of the replica: a stack of the same account and another Region, or a construct in it.
   * @param id The id of the replica in `scope`.
   * @param options The alias, the description and the deletion of the replica.
   */
  public addReplica(scope: Construct, id: string, options: ReplicaKeyOptions = {}): ICustomerManagedKey {
    return new ReplicaKey(scope, id, this, options);
  }

  /**
   * Allows a replica to be created, and returns what it shares with its primary.
   *
   * It throws instead of reporting at validation: the CDK resolves references between Regions before it validates, and
   * its own error would not name the cause.
   *
   * @internal
   */
  public _replicateTo(replica: Construct): SharedWithReplicas {
    const problems = replicaProblems(replica, { key: this, multiRegion: this._setting.multiRegion, replicas: this.replicas });
    if (problems.length > 0) throw new Error(problems.join('\n'));
    this.replicas.push(replica);
    this.keyPolicy.allowReplication(replica);
    return { setting: this._setting, declared: this.declared, removalPolicy: this._resources.removalPolicy };
  }
}
