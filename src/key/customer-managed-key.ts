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
import { rotatesAutomatically, rotationProblems } from './kind/automatic-rotation';
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
   * The name that people and programs know the key by. `signing` and `alias/signing` mean the same.
   *
   * It belongs to one key of account and Region: a deployment fails if somebody else has it. A token has to bring `alias/` along.
   */
  readonly alias: string;

  /**
   * More names for the key.
   *
   * @default - none
   */
  readonly additionalAliases?: string[];

  /**
   * The kind of key material. It can never be changed.
   *
   * @default KmsKeySpec.SYMMETRIC_DEFAULT
   */
  readonly keySpec?: KmsKeySpec;

  /**
   * What the key is for. It can never be changed.
   *
   * @default - the only usage that the spec has; where it has several, one must be chosen
   */
  readonly keyUsage?: KmsKeyUsage;

  /**
   * Whether AWS KMS makes new key material from time to time. Old material stays with the key, so that everything can still be decrypted:
   * nothing is re-encrypted, and no program notices.
   *
   * AWS charges for the first two rotations of a key. Source: "Rotate AWS KMS keys", AWS KMS developer guide.
   *
   * @default true for symmetric encryption keys, false for all others, which cannot rotate
   */
  readonly enableKeyRotation?: boolean;

  /**
   * How often AWS KMS makes new key material: 90 to 2560 days.
   *
   * @default Duration.days(365)
   */
  readonly rotationPeriod?: Duration;

  /**
   * Whether the key may have replicas: keys of the same id and material in other Regions. It can never be changed. See `ReplicaKey`.
   *
   * @default false
   */
  readonly multiRegion?: boolean;

  /**
   * What the key is for, as the console shows it.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * How long the key waits between the decision to delete it and its deletion, from 7 to 30 days. Only then is it irreversible.
   *
   * @default Duration.days(30)
   */
  readonly pendingWindow?: Duration;

  /**
   * What happens to key and aliases when they leave the stack.
   *
   * By default all stay, and so does everything encrypted under the key. Only when their very first deployment fails do they go, so that
   * the second attempt finds the aliases free. With `DESTROY` everything under the key is lost once `pendingWindow` is over.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A KMS key of any kind whose material AWS KMS makes, with a key policy that reads as prose.
 *
 * It goes wherever the AWS CDK takes a key. Tags are put on it as on any construct: `Tags.of(key).add('team', 'orders')`.
 *
 * A key costs 1 USD a month, and requests.
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
   * A key that was made elsewhere. Its policy is not touched: grants land in IAM policies, and count where the key's policy lets them.
   *
   * @param scope Where it is used.
   * @param id Its name there.
   * @param keyArn The ARN of the key; the ARN of an alias is none.
   */
  public static fromKeyArn(scope: Construct, id: string, keyArn: string): ICustomerManagedKey {
    return new KeyFromArn(scope, id, keyArn);
  }

  /**
   * Existing key of this account and Region, known only by its alias. Each grant has the condition that the key has this alias.
   *
   * **Do not use it for the alias of a rotating key** (a `RotatingKey`: a family with generations): use `RotatingKey.fromAliasName`.
   * Grants of this method cover only the key that has the alias now. After the first rotation that is the new generation, so a consumer
   * with these grants gets AccessDenied when it decrypts its older records. Synthesis warns only if the `RotatingKey` is in the same app.
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
  private readonly declared: CustomerManagedKeyProps;
  private readonly keyPolicy: KeyPolicy;
  private readonly replicas: Construct[] = [];

  public constructor(scope: Construct, id: string, props: CustomerManagedKeyProps) {
    super(scope, id);
    const { keySpec = KmsKeySpec.SYMMETRIC_DEFAULT, multiRegion = false } = props;
    const names = [props.alias, ...props.additionalAliases ?? []].map(fullAliasName);
    const kind = kindOfKey(keySpec, props.keyUsage);
    const setting = { kind, multiRegion, imported: false };
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
      ...rotatesAutomatically(kind, props),
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
   * Lets a replica be made, where it can be, and tells it what it shares with its primary.
   *
   * It complains at once: the CDK follows references between Regions before it asks for complaints, and would only say that it cannot.
   *
   * @internal
   */
  public _replicateTo(
    replica: Construct,
  ): { readonly setting: KeyAccessSetting; readonly declared: CustomerManagedKeyProps; readonly removalPolicy: RemovalPolicy } {
    const problems = replicaProblems(replica, { key: this, multiRegion: this._setting.multiRegion, replicas: this.replicas });
    if (problems.length > 0) throw new Error(problems.join('\n'));
    this.replicas.push(replica);
    this.keyPolicy.letReplicate(replica);
    return { setting: this._setting, declared: this.declared, removalPolicy: this._resources.removalPolicy };
  }
}
