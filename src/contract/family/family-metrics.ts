/** The CloudWatch namespace of all metrics of a family. */
export const METRIC_NAMESPACE = 'CdkKmsLifecycle';

/** The one dimension: the alias of the family. */
export const ALIAS_DIMENSION = 'Alias';

/** Metrics that the daily reconcile run publishes. */
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
   * 1 when a reconcile run completed everything that was due. Missing data means that the family is
   * not being reconciled.
   */
  RECONCILE_SUCCEEDED = 'ReconcileSucceeded',
}
