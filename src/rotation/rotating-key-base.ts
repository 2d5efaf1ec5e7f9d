import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type IRotatingKey } from './i-rotating-key';
import { ALIAS_DIMENSION, FamilyMetric, METRIC_NAMESPACE } from '../contract/family/family-metrics';
import { STORE_DIMENSION, StoreMetric } from '../contract/family/store-metrics';
import { KeyActions } from '../permissions/key-actions';

/** Grants and metrics of a rotating key, whether this app declares it or only refers to it. */
export abstract class RotatingKeyBase extends Construct implements IRotatingKey {
  public abstract readonly aliasName: string;

  public grantEncrypt(grantee: iam.IGrantable): iam.Grant {
    return this._grant(grantee, [...KeyActions.ENCRYPT, ...KeyActions.REENCRYPT_TO]);
  }

  public grantDecrypt(grantee: iam.IGrantable): iam.Grant {
    return this._grant(grantee, KeyActions.DECRYPT);
  }

  public grantEncryptDecrypt(grantee: iam.IGrantable): iam.Grant {
    return this._grant(grantee, KeyActions.USE);
  }

  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [ALIAS_DIMENSION]: this.aliasName },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.days(1),
      ...options,
    });
  }

  public metricCurrentGenerationAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.CURRENT_GENERATION_AGE, options);
  }

  public metricRetainedGenerations(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.RETAINED_GENERATIONS, options);
  }

  public metricGenerationsInSoak(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.GENERATIONS_IN_SOAK, options);
  }

  public metricKeyMaterialDueSoon(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.KEY_MATERIAL_DUE_SOON, options);
  }

  public metricKeyMaterialDue(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.KEY_MATERIAL_DUE, options);
  }

  public metricReconcileSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(FamilyMetric.RECONCILE_SUCCEEDED, options);
  }

  public metricOfStore(storeId: string, metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(metricName, {
      statistic: cloudwatch.Stats.SUM,
      period: Duration.hours(1),
      dimensionsMap: { [ALIAS_DIMENSION]: this.aliasName, [STORE_DIMENSION]: storeId },
      ...options,
    });
  }

  public metricRecordsQuarantined(storeId: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfStore(storeId, StoreMetric.RECORDS_QUARANTINED, options);
  }

  /**
   * Grants actions on every generation.
   *
   * @internal
   */
  protected abstract _grant(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant;
}
