import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { aliasProblems, fullAliasName } from './alias-name';
import type { ICustomerManagedKey } from './i-customer-managed-key';
import type { IKeyAlias } from './key-alias';
import { KeyAndAliases } from './key-and-aliases';
import { KeyFromAlias } from './key-from-alias';
import { KeyFromArn } from './key-from-arn';
import { rotationProperties, rotationProblems } from './kind/automatic-rotation';
import { kindOfKey, kindProblems, type KeyAccessSetting } from './kind/key-kind';
import { KmsKeySpec } from './kind/kms-key-spec';
import { KmsKeyUsage } from './kind/kms-key-usage';
import { ManagedKey } from './managed-key';
import { pendingWindowProblems } from './pending-window';
import type { KeyAccessProps } from './policy/key-access';
import { KeyPolicy } from './policy/key-policy';
import { replicaProblems } from './replica-problems';

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
   * Additional aliases of the key.
   *
   * @default - none
   */
  readonly additionalAliases?: string[];

  /**
   * The type of the key material. It cannot be changed after the key is created.
   *
   * @default KmsKeySpec.SYMMETRIC_DEFAULT
   */
  readonly keySpec?: KmsKeySpec;

  /**
   * The cryptographic operations that the key supports. It cannot be changed after the key is created.
   *
   * @default - the usage of the spec, if the spec has only one; required if it has several
   */
  readonly keyUsage?: KmsKeyUsage;

  /**
   * Whether AWS KMS rotates the key material automatically. KMS keeps old key material, so existing ciphertext can
   * still be decrypted: nothing is re-encrypted, and applications do not change.
   *
   * AWS charges for the first two rotations of a key. Source: "Rotate AWS KMS keys", AWS KMS developer guide.
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
   * Whether the key may have replicas: keys with the same key id and key material in other Regions. See `ReplicaKey`.
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
   * The waiting period between scheduling the deletion of the key and its deletion: 7 to 30 days. **The deletion cannot
   * be undone after it.**
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

/**
 * KMS key of any key spec with key material that AWS KMS generates, and a key policy of statements that read as
 * sentences.
 *
 * It can be used wherever the AWS CDK accepts a key. Tags are set as on any construct: `Tags.of(key).add('team',
 * 'orders')`.
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
 *   keyUsage: KmsKeyUsage.SIGN_VERIFY,
 *   administrators: [security],
 *   users: [releasePipeline],
 * });
 */
export class CustomerManagedKey extends ManagedKey {
  /**
   * Existing KMS key. Its key policy is not changed: grants are IAM policy statements, which take effect if the key
   * policy delegates access to IAM.
   *
   * @param scope The construct that uses the key.
   * @param id The id of this reference in `scope`.
   * @param keyArn The ARN of the key. The ARN of an alias is refused.
   */
  public static fromKeyArn(scope: Construct, id: string, keyArn: string): ICustomerManagedKey {
    return new KeyFromArn(scope, id, keyArn);
  }

  /**
   * Existing key of this account and Region, known only by its alias. Each grant has the condition that the key has
   * this alias.
   *
   * **Do not use it for the alias of a rotating key** (a `RotatingKey`: a family with generations): use
   * `RotatingKey.fromAliasName`. Grants of this method cover only the key that has the alias now. After the first
   * rotation that is the new generation, so a consumer with these grants gets AccessDenied when it decrypts its older
   * records. Synthesis warns only if the `RotatingKey` is in the same app.
   *
   * @param scope The construct that uses the key.
   * @param id The id of this reference in `scope`.
   * @param alias The alias; the prefix `alias/` is optional, except in a token.
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
    super(scope, id);
    const { keySpec = KmsKeySpec.SYMMETRIC_DEFAULT, multiRegion = false } = props;
    const names = [props.alias, ...props.additionalAliases ?? []].map(fullAliasName);
    const kind = kindOfKey(keySpec, props.keyUsage);
    const setting = { kind, multiRegion, importedMaterial: false };
    const policy = new KeyPolicy(this, props, setting);

    this.aliasName = names[0] as string;
    this._setting = setting;
    this._policy = policy.document;
    this._delegatesToIam = policy.delegatesToIam;
    this.declared = props;
    this.keyPolicy = policy;
    const key = new kms.CfnKey(this, 'Resource', {
      keySpec: keySpec.name,
      keyUsage: kind.usage.name,
      keyPolicy: policy.document,
      description: props.description,
      ...rotationProperties(kind, props),
      multiRegion: multiRegion || undefined,
      pendingWindowInDays: props.pendingWindow?.toDays(),
    });
    this._resources = new KeyAndAliases(this, key, names, props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.keyArn = key.attrArn;
    this.keyId = key.ref;

    this.node.addValidation({
      validate: () => [
        ...names.flatMap(aliasProblems),
        ...kindProblems(keySpec, props.keyUsage),
        ...rotationProblems(kind, props),
        ...pendingWindowProblems(props.pendingWindow),
        ...policy.problems(),
      ],
    });
  }

  /**
   * Allows a replica to be created, and returns what it shares with its primary.
   *
   * It throws instead of reporting at validation: the CDK resolves references between Regions before it validates, and
   * its own error would not name the cause.
   *
   * @internal
   */
  public _replicateTo(
    replica: Construct,
  ): { readonly setting: KeyAccessSetting; readonly declared: CustomerManagedKeyProps; readonly removalPolicy: RemovalPolicy } {
    const problems = replicaProblems(replica, { key: this, multiRegion: this._setting.multiRegion, replicas: this.replicas });
    if (problems.length > 0) throw new Error(problems.join('\n'));
    this.replicas.push(replica);
    this.keyPolicy.allowReplication(replica);
    return { setting: this._setting, declared: this.declared, removalPolicy: this._resources.removalPolicy };
  }
}
