/** The CloudWatch namespace of all metrics of a family. */
export const METRIC_NAMESPACE = 'CdkKmsLifecycle';

/** The one dimension: the alias of the family. */
export const ALIAS_DIMENSION = 'Alias';

/** Metrics that the daily reconcile run publishes, unless another run is named. */
export enum FamilyMetric {
  /** Days since the alias was moved to the current generation. */
  CURRENT_GENERATION_AGE = 'CurrentGenerationAgeDays',
  /** Old generations that are neither deleted nor pending deletion. */
  RETAINED_GENERATIONS = 'RetainedGenerations',
  /** Old generations that retirement has disabled, to detect applications that still depend on them. */
  GENERATIONS_IN_SOAK = 'GenerationsInSoak',
  /**
   * 1 when a rotation falls due within 30 days, or is due, and the source still offers key material in
   * use; 0 otherwise.
   */
  KEY_MATERIAL_DUE_SOON = 'KeyMaterialDueSoon',
  /**
   * 1 when a rotation is due and cannot start, because the source still offers key material in use; 0 otherwise. Create
   * an alarm on it.
   */
  KEY_MATERIAL_DUE = 'KeyMaterialDue',
  /**
   * 1 when a rotation ended its watch of consumers and no event of its own probe had arrived, so that missing failures
   * prove nothing; 0 when it had. Published by the rotation. Create an alarm on it.
   */
  CONSUMER_WATCH_UNKNOWN = 'ConsumerWatchUnknown',
  /**
   * Principals that a key policy does not name although they are declared, because KMS does not know them: roles or
   * users that were deleted. Published whenever such a policy is written, and as 0 by a reconcile run that finds no
   * difference. Create an alarm on it.
   */
  PRINCIPALS_LEFT_OUT = 'PrincipalsLeftOut',
  /**
   * 1 when a reconcile run completed everything that was due. Missing data means that the family is
   * not being reconciled.
   */
  RECONCILE_SUCCEEDED = 'ReconcileSucceeded',
  /**
   * 1 when the worker may do its work and the stores match their descriptions; 0 when the next rotation would stop at
   * its pre-flight. The log of the worker has the reason.
   */
  STORES_READY = 'StoresReady',
}

/** The dimension of metrics of a secret with key material: its ARN. */
export const SECRET_DIMENSION = 'Secret';

/** Metrics that an import of key material publishes about its secret. */
export enum SecretMetric {
  /** Staging labels of all versions, published from 15 on. Secrets Manager allows 20. */
  STAGING_LABELS = 'SecretStagingLabels',
}
