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
import { RetirementMachine } from './machines/retirement-machine';
import { RotationMachine } from './machines/rotation-machine';
import { rotatingKeyProblems } from './rotating-key-problems';
import { type RotatingKeyProps } from './rotating-key-props';
import { settingsOf } from './rotating-key-settings';
import { acceptFindings, RIGHTS_OF_ONE_ROLE } from '../compliance/accepted-findings';
import { ALIAS_DIMENSION, FamilyMetric, METRIC_NAMESPACE } from '../contract/family/family-metrics';
import { ROTATING_KEY_RESOURCE_TYPE, type RotatingKeyProperties } from '../contract/family/rotating-key-resource';
import { SERVICE_TIMEOUT_SECONDS } from '../contract/limits';
import { describeProblem } from '../contract/problem';
import { KeyActions } from '../permissions/key-actions';

/**
 * A symmetric KMS key that is replaced on schedule: a family of KMS keys, its generations, behind one alias.
 *
 * Each rotation makes a new key, moves the alias to it, re-encrypts every data key in the declared stores, and proves that nothing is
 * left under the old one. Old keys are kept unless `deletion` says when they may go.
 *
 * It is deliberately no `kms.IKey`, and has neither key id nor ARN: both would be stale after the first rotation, and a service that
 * encrypts under the key by itself could not be followed. Its name is `aliasName`.
 *
 * A generation costs 1 USD a month as long as it is kept, a rotation one ReEncrypt request a record for the work and one for the count
 * (AWS KMS pricing). Key, alias and evidence stay when the stack goes.
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
export class RotatingKey extends Construct implements ITaggable {
  /** The alias, with `alias/` in front: what applications encrypt under, and a literal that any stack may use. */
  public readonly aliasName: string;
  /** Rotates when it is started with `{}`, or goes on with a rotation that was stopped; `{"rollBackTo": 3}` brings generation 3 back. */
  public readonly rotationStateMachine: sfn.IStateMachine;
  /** Takes an old generation one step further on its way out, if one is due: `{"generation": 3}`. */
  public readonly retirementStateMachine: sfn.IStateMachine;
  /** Where counts, quarantine and certificates are kept. */
  public readonly evidenceBucket: s3.IBucket;
  /** The tags of every generation, as `Tags.of` sets them. */
  public readonly tags: TagManager;

  private readonly access: FamilyGrants;

  public constructor(scope: Construct, id: string, props: RotatingKeyProps) {
    super(scope, id);
    const settings = settingsOf(props);
    const { aliasName, users, administrators, breakGlass, maxConcurrency: maxConcurrency } = settings;
    this.aliasName = aliasName;
    this.tags = new TagManager(TagType.MAP, ROTATING_KEY_RESOURCE_TYPE);
    this.evidenceBucket = settings.evidenceBucket ?? ownEvidenceBucket(this);

    const functions = new FamilyFunctions(this, 'Functions', { ...settings, evidence: this.evidenceBucket });
    const { control, worker, retirement, logGroup: logs } = functions;
    const material = bindMaterial(this, settings.material, control);
    const stores = settings.stores.map((store) => store.bind(this, { worker }));
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
   * Lets the grantee make ciphertext under the current generation: encrypt, generate data keys, and re-encrypt to it. It can open nothing.
   *
   * A principal of this stack, or of one that this stack depends on, goes into the key policy of every generation. Anybody else gets an
   * IAM policy that names the key by its aliases, which takes up to five minutes to count for a new generation. Where it went, the grant tells:
   * `resourceStatements` or `principalStatements`.
   *
   * @param grantee Who may.
   */
  public grantEncrypt(grantee: iam.IGrantable): iam.Grant {
    return this.access.grant(grantee, [...KeyActions.ENCRYPT, ...KeyActions.REENCRYPT_TO]);
  }

  /**
   * Lets the grantee open ciphertext of every generation. It goes the same way as `grantEncrypt`.
   *
   * **Decrypt without a KeyId**: who names the alias fails for old records as soon as it has moved.
   *
   * @param grantee Who may.
   */
  public grantDecrypt(grantee: iam.IGrantable): iam.Grant {
    return this.access.grant(grantee, KeyActions.DECRYPT);
  }

  /**
   * Lets the grantee make and open ciphertext, and re-encrypt it. It goes the same way as `grantEncrypt`.
   *
   * @param grantee Who may.
   */
  public grantEncryptDecrypt(grantee: iam.IGrantable): iam.Grant {
    return this.access.grant(grantee, KeyActions.USE);
  }

  /**
   * How many days ago the alias came to the current generation. One value a day.
   *
   * @param options How to look at it.
   */
  public metricCurrentGenerationAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.CURRENT_GENERATION_AGE, options);
  }

  /**
   * 1 for every daily look that has done all that was due. Alarm when it is missing, and treat missing data as breaching.
   *
   * @param options How to look at it.
   */
  public metricReconcileSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.RECONCILE_SUCCEEDED, options);
  }

  /**
   * 1 when a rotation is due and the source of key material still offers bytes in use, 0 otherwise. Alarm at 1: somebody has to put new ones.
   *
   * @param options How to look at it.
   */
  public metricKeyMaterialDue(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.KEY_MATERIAL_DUE, options);
  }

  /**
   * How many rotations ended as failed. Nothing is lost by it: the next tick goes on where the world is.
   *
   * @param options How to look at it.
   */
  public metricRotationsFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.rotationStateMachine.metricFailed(options);
  }

  private metric(metricName: FamilyMetric, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [ALIAS_DIMENSION]: this.aliasName },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.days(1),
      ...options,
    });
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
      what: 'no store is declared, so a rotation re-encrypts nothing, and what stands under old generations stays there',
      remedy: 'declare what holds data keys under this key, with DataKeyStore',
    }));
  }
}
