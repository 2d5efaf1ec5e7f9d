import { Annotations, CustomResource, Duration, Lazy, RemovalPolicy, Stack, TagManager, TagType, type CfnResource, type ITaggable } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { describeFamily } from './describe-family';
import { DailyReconcile } from './family/daily-reconcile';
import { ownEvidenceBucket } from './family/evidence-bucket';
import { familyPolicy } from './family/family-access';
import { FamilyFunctions } from './family/family-functions';
import { FamilyGrants } from './family/family-grants';
import { bindMaterial } from './family/generation-material';
import { WatchRule } from './family/watch-rule';
import { type IRotatingKey } from './i-rotating-key';
import { RetirementMachine } from './machines/retirement-machine';
import { RotationMachine } from './machines/rotation-machine';
import { RotatingKeyBase } from './rotating-key-base';
import { RotatingKeyFromAlias } from './rotating-key-from-alias';
import { rotatingKeyProblems } from './rotating-key-problems';
import { type RotatingKeyProps } from './rotating-key-props';
import { settingsOf } from './rotating-key-settings';
import { acceptFindings, RIGHTS_OF_ONE_ROLE } from '../compliance/accepted-findings';
import { ROTATING_KEY_RESOURCE_TYPE, type RotatingKeyProperties } from '../contract/family/rotating-key-resource';
import { SERVICE_TIMEOUT_SECONDS } from '../contract/limits';
import { describeProblem } from '../contract/problem';

/**
 * Symmetric KMS key that is replaced on schedule: a family of KMS keys, its generations, behind one alias.
 *
 * Each rotation creates a new KMS key, moves the alias to it, re-encrypts every data key in the declared stores, and proves that no record is
 * left under the old one. Old generations are kept unless `deletion` allows their deletion.
 *
 * It is deliberately not a `kms.IKey`, and has no key id and no ARN: both would be outdated after the first rotation, and data that a service
 * encrypts under the key by itself could not be followed. Its name is `aliasName`.
 *
 * Each generation costs 1 USD a month. A rotation costs one ReEncrypt request per record for the work and one for the census (AWS KMS pricing).
 * KMS keys, aliases and evidence are retained when the stack is deleted.
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
   * Refers to a rotating key that another stack or app declares, by its alias.
   *
   * Its grants write into the IAM policy of the grantee and cover every generation of this family, old and new, and no other key. The key
   * policies of the family must let IAM policies take effect, as those of `RotatingKey` do. A change of an alias takes up to five minutes to
   * affect authorization. If the grantee has no IAM policy in this app, nothing is granted, and a warning names the remedy.
   *
   * @param scope The scope in which the reference is used.
   * @param id The id of the reference.
   * @param alias The alias of the rotating key, such as `alias/orders`. The prefix `alias/` is optional.
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
   */
  public static fromAliasName(scope: Construct, id: string, alias: string): IRotatingKey {
    return new RotatingKeyFromAlias(scope, id, alias);
  }

  /** Alias of the current generation, with the prefix `alias/`: a literal that any stack may use. Applications encrypt under it. */
  public readonly aliasName: string;
  /** State machine that rotates, or continues a stopped rotation, if started with `{}`; `{"rollBackTo": 3}` makes generation 3 current again. */
  public readonly rotationStateMachine: sfn.IStateMachine;
  /** State machine that performs the next step in the retirement of an old generation, if one is due: `{"generation": 3}`. */
  public readonly retirementStateMachine: sfn.IStateMachine;
  /** Bucket that holds counts, quarantine and certificates. */
  public readonly evidenceBucket: s3.IBucket;
  /** Tags of every generation, as `Tags.of` sets them. */
  public readonly tags: TagManager;

  private readonly access: FamilyGrants;

  public constructor(scope: Construct, id: string, props: RotatingKeyProps) {
    super(scope, id);
    const settings = settingsOf(props);
    const { aliasName, users, administrators, breakGlassRole: breakGlass, maxConcurrency } = settings;
    this.aliasName = aliasName;
    this.tags = new TagManager(TagType.MAP, ROTATING_KEY_RESOURCE_TYPE);
    this.evidenceBucket = settings.evidenceBucket ?? ownEvidenceBucket(this);

    const functions = new FamilyFunctions(this, 'Functions', { ...settings, evidence: this.evidenceBucket });
    const { control, worker, retirement, logGroup: logs } = functions;
    const material = bindMaterial(this, settings.material, control);
    const stores = settings.stores.map((store) => store._bind(this, worker));
    const policy = familyPolicy({ administrators, users, control, worker, retirement, breakGlass, wrapping: material.wrapping });
    const roles = { ...functions.roleArns, breakGlass: breakGlass?.roleArn };
    const family = describeFamily(this, {
      settings, logicalId: this.logicalId(), policy, roles, material: material.description, stores, tags: this.tagsOfGenerations(),
    });

    const resource = new CustomResource(this, 'Resource', {
      resourceType: ROTATING_KEY_RESOURCE_TYPE,
      serviceToken: control.handler.functionArn,
      serviceTimeout: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      properties: {
        Family: Stack.of(this).toJsonString(family),
        StartFromKeyArn: settings.startFrom?.keyArn,
        AdoptFrom: settings.adoptFrom,
      } satisfies RotatingKeyProperties,
    });
    for (const permission of material.permissions) permission.applyBefore(resource);
    this.access = new FamilyGrants(this, { aliasName, policy, named: [...users, ...administrators], policyDependable: resource });

    const handlers = { control: control.handler, worker: worker.handler, retirement: retirement.handler };
    this.rotationStateMachine = new RotationMachine(this, 'Rotation', { family, ...handlers, maxConcurrency, logs }).stateMachine;
    this.retirementStateMachine = new RetirementMachine(this, 'Retirement', { family, ...handlers, maxConcurrency, logs }).stateMachine;
    functions.allowReconcileToStart([this.rotationStateMachine, this.retirementStateMachine]);
    // By now material and stores have given the roles what they need, in policies of their own.
    acceptFindings(functions, RIGHTS_OF_ONE_ROLE);
    const machines = { rotation: this.rotationStateMachine.stateMachineArn, retirement: this.retirementStateMachine.stateMachineArn };
    new DailyReconcile(this, 'Reconcile', { family, machines, control: handlers.control, hour: settings.reconcileHour }).node.addDependency(resource);
    new WatchRule(this, 'Watch', { aliasName, roles, retirement: handlers.retirement });

    if (stores.length === 0) this.warnOfNoStores();
    const policyText = () => JSON.stringify(Stack.of(this).resolve(policy));
    this.node.addValidation({
      validate: () => [
        ...rotatingKeyProblems({ settings, stores, evidence: this.evidenceBucket, tags: this.tags, policyText: policyText() }), ...material.problems,
      ],
    });
  }

  /**
   * Number of rotations that failed. No data is lost: the next reconcile run continues from the actual state.
   *
   * @param options Properties of the metric.
   */
  public metricRotationsFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.rotationStateMachine.metricFailed(options);
  }

  /**
   * Number of retirement runs that failed. No generation is deleted by a run that failed.
   *
   * @param options Properties of the metric.
   */
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

  /** What `Tags.of` has given to this construct and its surroundings, once everything is built. */
  private tagsOfGenerations(): { readonly [name: string]: string } {
    return Lazy.any({ produce: () => this.tags.tagValues() }) as unknown as { [name: string]: string };
  }

  private warnOfNoStores(): void {
    Annotations.of(this).addWarningV2('cdk-kms-lifecycle:no-stores', describeProblem({
      where: 'stores',
      what: 'no store is declared, so a rotation re-encrypts nothing, and data keys stay encrypted under old generations',
      remedy: 'declare each store of data keys, with DataKeyStore',
    }));
  }
}
