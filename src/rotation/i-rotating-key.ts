import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type IConstruct } from 'constructs';

/**
 * Rotating key: a family of KMS keys, the generations, behind one alias. See `RotatingKey`.
 *
 * It is deliberately not a `kms.IKey` and has no key id: an id would be outdated after the next rotation.
 */
export interface IRotatingKey extends IConstruct {
  /** Alias of the current generation, with the prefix `alias/`. Applications encrypt under it. */
  readonly aliasName: string;

  /**
   * Grants permission to encrypt, to generate data keys, and to re-encrypt to the current generation. It includes no
   * permission to decrypt.
   */
  grantEncrypt(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants permission to decrypt with every generation.
   *
   * **Decrypt without `KeyId`**: a call that passes the alias as `KeyId` fails for records that are still encrypted
   * under an older generation, from the moment the alias moves.
   */
  grantDecrypt(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants permission to encrypt, decrypt and re-encrypt with every generation.
   */
  grantEncryptDecrypt(grantee: iam.IGrantable): iam.Grant;

  /**
   * A metric of this family, by its name. The reconcile run publishes one value a day.
   *
   * @param metricName The name of the metric in the namespace `CdkKmsLifecycle`.
   */
  metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Days since the alias was moved to the current generation.
   */
  metricCurrentGenerationAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Number of old generations that are neither deleted nor pending deletion. Each costs 1 USD a month.
   */
  metricRetainedGenerations(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Number of old generations that are disabled before their deletion.
   */
  metricGenerationsInSoak(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /** 1 if a rotation is due within 30 days and the source contains no new key material, otherwise 0. */
  metricKeyMaterialDueSoon(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * 1 if a rotation is due and cannot start because the source contains no new key material, otherwise 0. Create an
   * alarm at 1: an operator has to store new key material.
   */
  metricKeyMaterialDue(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * 1 if the latest rotation could not prove that it would detect failing consumers, otherwise 0. Create an alarm at 1:
   * no CloudTrail trail delivered the event of its own probe. A rotation publishes one value.
   */
  metricConsumerWatchUnknown(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Number of declared principals that a key policy does not name, because AWS KMS does not know them: roles or users
   * that were deleted. Create an alarm at 1: remove them from the declaration, or create them again, and the next
   * reconcile run adds them.
   */
  metricPrincipalsLeftOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * 1 for each reconcile run that completed all due work. Create an alarm that treats missing data as breaching:
   * without reconcile runs no rotation starts, and no pending deletion is watched.
   */
  metricReconcileSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * 1 for each daily pre-flight of the worker that succeeded, 0 for each that failed: then the next rotation would stop
   * before it changes anything, and the log of the worker has the reason. Create an alarm at 0.
   */
  metricStoresReady(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * A count of one store, by its name: `RecordsScanned`, `RecordsReEncrypted`, `RecordsAlreadyCurrent`,
   * `WriteConflicts`, `RecordsQuarantined` or `AnsweredCalls` (ReEncrypt calls that KMS answered). Its statistic is the
   * sum over an hour by default.
   *
   * @param storeId The id of the store.
   * @param metricName The name of the count.
   */
  metricOfStore(storeId: string, metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Number of records of one store that could not be re-encrypted. Create an alarm at 1: as long as such a record
   * exists, its generation is not retired.
   *
   * @param storeId The id of the store.
   */
  metricRecordsQuarantined(storeId: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}
