import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type IRotatingKey } from './i-rotating-key';
import { ALIAS_DIMENSION, FamilyMetric, METRIC_NAMESPACE } from '../contract/family/family-metrics';
import { STORE_DIMENSION, StoreMetric } from '../contract/family/store-metrics';
import { KeyActions } from '../permissions/key-actions';
import { isPlainObject } from '../validation/given-value';
import { GRANTEE, TEXT } from '../validation/kinds';
import { optional, requireArguments } from '../validation/shape';
import { refuseToBeAKey } from '../validation/without-key-id';

const METRIC_OPTIONS = optional({
  allowed: 'options of a metric (cloudwatch.MetricOptions)',
  remedy: 'pass an object such as { period: Duration.hours(1) }',
  accepts: isPlainObject,
});

/**
 * Grants and metrics of a rotating key, whether this app declares it or only refers to it.
 *
 * @internal
 */
export abstract class RotatingKeyBase extends Construct implements IRotatingKey {
  /** Alias of the current generation, with the prefix `alias/`. Applications encrypt under it. */
  public abstract readonly aliasName: string;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    refuseToBeAKey(this, 'a rotating key has no key id: it is not the key of a resource, and a rotation could not re-encrypt that resource',
      'use aliasName in applications, a grant method for access, and a CustomerManagedKey as the key of a resource');
  }

  /**
   * Grants permission to encrypt, to generate data keys, and to re-encrypt to the current generation. It includes no
   * permission to decrypt.
   */
  public grantEncrypt(grantee: iam.IGrantable): iam.Grant {
    return this.grantActions(grantee, [...KeyActions.ENCRYPT, ...KeyActions.REENCRYPT_TO]);
  }

  /**
   * Grants permission to decrypt with every generation.
   *
   * **Decrypt without `KeyId`**: a call that passes the alias as `KeyId` fails for records that are still encrypted
   * under an older generation, from the moment the alias moves.
   */
  public grantDecrypt(grantee: iam.IGrantable): iam.Grant {
    return this.grantActions(grantee, KeyActions.DECRYPT);
  }

  /**
   * Grants permission to encrypt, decrypt and re-encrypt with every generation.
   */
  public grantEncryptDecrypt(grantee: iam.IGrantable): iam.Grant {
    return this.grantActions(grantee, KeyActions.USE);
  }

  /**
   * A metric of this family, by its name. The reconcile run publishes one value a day.
   *
   * @param metricName The name of the metric in the namespace `CdkKmsLifecycle`.
   */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    requireArguments(`${this.node.path}, metric`, { metricName, options }, { metricName: TEXT, options: METRIC_OPTIONS });
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [ALIAS_DIMENSION]: this.aliasName },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.days(1),
      ...options,
    });
  }

  /**
   * Days since the alias was moved to the current generation.
   */
  public metricCurrentGenerationAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.CURRENT_GENERATION_AGE, options);
  }

  /**
   * Number of old generations that are neither deleted nor pending deletion. Each costs 1 USD a month.
   */
  public metricRetainedGenerations(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.RETAINED_GENERATIONS, options);
  }

  /**
   * Number of old generations that are disabled before their deletion.
   */
  public metricGenerationsInSoak(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.GENERATIONS_IN_SOAK, options);
  }

  /** 1 if a rotation is due within 30 days and the source contains no new key material, otherwise 0. */
  public metricKeyMaterialDueSoon(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.KEY_MATERIAL_DUE_SOON, options);
  }

  /**
   * 1 if a rotation is due and cannot start because the source contains no new key material, otherwise 0. Create an
   * alarm at 1: an operator has to store new key material.
   */
  public metricKeyMaterialDue(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.KEY_MATERIAL_DUE, options);
  }

  /**
   * 1 if the latest rotation could not prove that it would detect failing consumers, otherwise 0. Create an alarm at 1:
   * no CloudTrail trail delivered the event of its own probe. A rotation publishes one value.
   */
  public metricConsumerWatchUnknown(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.CONSUMER_WATCH_UNKNOWN, options);
  }

  /**
   * Number of declared principals that a key policy does not name, because AWS KMS does not know them: roles or users
   * that were deleted. Create an alarm at 1: remove them from the declaration, or create them again, and the next
   * reconcile run adds them.
   */
  public metricPrincipalsLeftOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.PRINCIPALS_LEFT_OUT, options);
  }

  /**
   * 1 for each reconcile run that completed all due work. Create an alarm that treats missing data as breaching:
   * without reconcile runs no rotation starts, and no pending deletion is watched.
   */
  public metricReconcileSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.RECONCILE_SUCCEEDED, options);
  }

  /**
   * 1 for each daily pre-flight of the worker that succeeded, 0 for each that failed: then the next rotation would stop
   * before it changes anything, and the log of the worker has the reason. Create an alarm at 0.
   */
  public metricStoresReady(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.STORES_READY, options);
  }

  /**
   * A count of one store, by its name: `RecordsScanned`, `RecordsReEncrypted`, `RecordsAlreadyCurrent`,
   * `WriteConflicts`, `RecordsQuarantined` or `AnsweredCalls` (ReEncrypt calls that KMS answered). Its statistic is the
   * sum over an hour by default.
   *
   * @param storeId The id of the store.
   * @param metricName The name of the count.
   */
  public metricOfStore(storeId: string, metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    requireArguments(`${this.node.path}, metricOfStore`, { storeId }, { storeId: TEXT });
    return this.metric(metricName, {
      statistic: cloudwatch.Stats.SUM,
      period: Duration.hours(1),
      dimensionsMap: { [ALIAS_DIMENSION]: this.aliasName, [STORE_DIMENSION]: storeId },
      ...options,
    });
  }

  /**
   * Number of records of one store that could not be re-encrypted. Create an alarm at 1: as long as such a record
   * exists, its generation is not retired.
   *
   * @param storeId The id of the store.
   */
  public metricRecordsQuarantined(storeId: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfStore(storeId, StoreMetric.RECORDS_QUARANTINED, options);
  }

  private grantActions(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
    requireArguments(`${this.node.path}, grant`, { grantee }, { grantee: GRANTEE });
    return this._grant(grantee, actions);
  }

  /**
   * Grants actions on every generation.
   *
   * @internal
   */
  protected abstract _grant(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant;
}
