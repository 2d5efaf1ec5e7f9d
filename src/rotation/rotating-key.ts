import { Lazy, Stack, type CfnResource, type ITaggable, type TagManager } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { describeFamily } from './describe-family';
import { DailyReconcile } from './family/daily-reconcile';
import { evidenceBucketOf } from './family/evidence-bucket';
import { familyPolicy } from './family/family-access';
import { FamilyFunctions } from './family/family-functions';
import { FamilyGrants } from './family/family-grants';
import { familyResource } from './family/family-resource';
import { bindMaterial } from './family/generation-material';
import { generationTagManager, tagsOfGenerations } from './family/generation-tags';
import { MachinesOfFamily } from './family/machines-of-family';
import { retirementEnd } from './family/retirement-end';
import { type IRotatingKey } from './i-rotating-key';
import { RotatingKeyBase } from './rotating-key-base';
import { checkAtSynthesis } from './rotating-key-checks';
import { RotatingKeyFromAlias } from './rotating-key-from-alias';
import { type RotatingKeyProps } from './rotating-key-props';
import { settingsOf } from './rotating-key-settings';
import { ROTATING_KEY_SHAPE } from './rotating-key-shape';
import { WatchRule } from './watch/watch-rule';
import { requireScope, requireShape } from '../validation/shape';
import { deployAfterPrincipals } from '../validation/stack-order';

/** How to allow a principal without a reference to its stack. */
const GRANT_INSTEAD =
  'remove it from users and call grantEncryptDecrypt of the key instead, which adds a statement to the IAM policy of the principal';

/**
 * Symmetric KMS key that is replaced by a new KMS key on schedule. Its KMS keys, the generations, form a family behind
 * one alias.
 *
 * Each rotation creates a new KMS key, moves the alias to it, re-encrypts every data key in the declared stores, and
 * proves that no record is still encrypted under the old one. Old generations are kept unless `deletion` allows their
 * deletion.
 *
 * The words of this construct: a *store* is a place that holds data keys, such as a table; a *record* is an entry that
 * holds one; a *shard* is a part of a store that one worker reads. A *census* sends every data key to KMS, without
 * writing, and counts those of each generation. A *fence* is a statement in the key policy of an old generation that
 * denies encryption; decryption stays allowed. *Quarantine* lists the records that could not be re-encrypted. A
 * *certificate* states that a census found no record under a generation. *Soak* is the time for which an old generation
 * is disabled before its deletion.
 *
 * It is deliberately not a `kms.IKey`, and has no key id and no ARN, because both would be outdated after the first
 * rotation. It cannot be the key of a bucket or a queue, because a rotation could not re-encrypt what the service has
 * encrypted. Applications use `aliasName`.
 *
 * Each generation costs 1 USD a month. A rotation sends two ReEncrypt requests per record: one to re-encrypt it, and
 * one for the census (AWS KMS pricing). KMS keys, aliases and evidence are retained when the stack is deleted.
 *
 * @example
 * declare const ordersFunction: lambda.Function;
 * declare const ordersTable: dynamodb.Table;
 *
 * const orders = new RotatingKey(this, 'Orders', {
 *   alias: 'alias/orders',
 *   users: [ordersFunction],
 *   stores: [DataKeyStore.dynamoTable(ordersTable, { dataKeyAttribute: 'dataKey' })],
 * });
 */
export class RotatingKey extends RotatingKeyBase implements ITaggable {
  /**
   * Reference to a rotating key that another stack or app declares, by its alias.
   *
   * Each grant is a statement in the IAM policy of the grantee. It covers every generation of this family, old and new,
   * and no other key. It takes effect because the key policy of every generation delegates access to IAM policies. KMS
   * needs up to five minutes until a change of an alias affects authorization.
   *
   * If the grantee has no IAM policy in this app, nothing is granted, and a warning reports the remedy.
   *
   * @param alias The alias of the rotating key, such as `alias/orders`. The prefix `alias/` is optional.
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
   */
  public static fromAliasName(scope: Construct, id: string, alias: string): IRotatingKey {
    return new RotatingKeyFromAlias(scope, id, alias);
  }

  /**
   * Alias of the current generation, with the prefix `alias/`: a literal that any stack may use. Applications encrypt
   * under it.
   */
  public readonly aliasName: string;
  /**
   * State machine that rotates the key, or continues a stopped rotation, with the input `{}`. The input
   * `{"rollBackTo": 3}` makes generation 3 current again.
   */
  public readonly rotationStateMachine: sfn.IStateMachine;
  /**
   * State machine that performs the next step in the retirement of an old generation, if a step is due. For generation
   * 3 its input is `{"generation": 3}`.
   */
  public readonly retirementStateMachine: sfn.IStateMachine;
  /** Bucket that holds counts, quarantine and certificates. */
  public readonly evidenceBucket: s3.IBucket;
  /**
   * Tags of every generation, in addition to those of the stack (`StackProps.tags`). Set them with `Tags.of`. Tags of
   * `cdk deploy --tags` are unknown at synthesis, so generations do not have them.
   */
  public readonly tags: TagManager;

  private readonly access: FamilyGrants;

  public constructor(scope: Construct, id: string, props: RotatingKeyProps) {
    super(requireScope('RotatingKey', scope, id), id);
    requireShape(this.node.path, props, ROTATING_KEY_SHAPE);
    const settings = settingsOf(props);
    const { aliasName, users, administrators, startFrom, adoptFrom, breakGlassRole: breakGlass, maxConcurrency } = settings;
    this.aliasName = aliasName;
    startFrom?._requireSameEnvironment(this);
    deployAfterPrincipals(this, 'users or administrators', [...users, ...administrators], GRANT_INSTEAD);
    this.tags = generationTagManager();
    this.evidenceBucket = evidenceBucketOf(this, settings.evidenceBucket, startFrom !== undefined || adoptFrom !== undefined);

    const owner = `${Stack.of(this).stackName}/${this.logicalId()}`;
    const functions = new FamilyFunctions(this, 'Functions', { ...settings, owner, evidence: this.evidenceBucket });
    const { control, worker, retirement } = functions;
    const material = bindMaterial(this, settings.material, control);
    const stores = settings.stores.map((store) => store._bind(this, worker));
    const policy = familyPolicy({ administrators, users, control, worker, retirement, breakGlass, wrapping: material.wrapping });
    const roles = { ...functions.roleArns, breakGlass: breakGlass?.roleArn };
    const family = describeFamily(this, {
      settings, owner, policy, roles, material: material.description, stores, tags: this.tagsOfGenerations(),
    });

    const resource = familyResource(this, { family, startFrom, adoptFrom, control: control.handler, permissions: material.permissions });
    this.access = new FamilyGrants(this, { aliasName, policy, named: [...users, ...administrators], policyDependable: resource });
    const machines = new MachinesOfFamily(this, { family, functions, maxConcurrency });
    this.rotationStateMachine = machines.rotation;
    this.retirementStateMachine = machines.retirement;
    const reconcile = new DailyReconcile(this, 'Reconcile', {
      family, machines: machines.arns, control: control.handler, worker: worker.handler, hour: settings.reconcileHour,
    });
    reconcile.node.addDependency(resource);
    // CloudFormation deletes it after both, so that nothing schedules a deletion once it has ended the retirement.
    const end = retirementEnd(this, family, control.handler);
    end.node.addDependency(resource);
    reconcile.node.addDependency(end);
    machines.retirement.node.addDependency(end);
    new WatchRule(this, 'Watch', { aliasName, roles, queue: functions.watchQueue });
    checkAtSynthesis(this, {
      settings,
      stores,
      evidence: this.evidenceBucket,
      tags: () => tagsOfGenerations(this, this.tags),
      policy,
      material,
      resource: resource.node.defaultChild as CfnResource,
      size: { family, workerRole: worker.role },
    });
  }

  /**
   * Number of rotations that failed. No data is lost: the next reconcile run continues from the actual state.
   */
  public metricRotationsFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.rotationStateMachine.metricFailed(options);
  }

  /** Number of retirement runs that failed. A failed run deletes no generation. */
  public metricRetirementsFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.retirementStateMachine.metricFailed(options);
  }

  /** @internal */
  protected override _grant(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
    return this.access.grant(grantee, actions);
  }

  /** The logical id of the resource that owns the family. */
  private logicalId(): string {
    return Lazy.string({ produce: () => Stack.of(this).getLogicalId(this.node.findChild('Resource').node.defaultChild as CfnResource) });
  }

  /** The tags of every generation, once the whole app is built. */
  private tagsOfGenerations(): { readonly [name: string]: string } {
    return Lazy.any({ produce: () => tagsOfGenerations(this, this.tags) }) as unknown as { [name: string]: string };
  }
}
