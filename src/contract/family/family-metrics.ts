/** The CloudWatch namespace of everything that a family publishes of itself. */
export const METRIC_NAMESPACE = 'CdkKmsLifecycle';

/** The one dimension: the alias of the family. */
export const ALIAS_DIMENSION = 'Alias';

/** What the daily tick publishes. */
export enum FamilyMetric {
  /** Days since the alias came to the current generation. */
  CURRENT_GENERATION_AGE = 'CurrentGenerationAgeDays',
  /** Old generations that are neither gone nor pending deletion. */
  RETAINED_GENERATIONS = 'RetainedGenerations',
  /** Old generations that retirement has disabled, to see whether anybody asks for them. */
  GENERATIONS_IN_SOAK = 'GenerationsInSoak',
  /** 1 when a rotation falls due within 30 days, or is due, and the source still offers bytes in use; 0 otherwise. */
  KEY_MATERIAL_DUE_SOON = 'KeyMaterialDueSoon',
  /** 1 when a rotation is due and cannot start, since the source still offers bytes in use; 0 otherwise. To be alarmed on. */
  KEY_MATERIAL_DUE = 'KeyMaterialDue',
  /** 1 when a tick has done all that was due. Missing means that the family is not looked after. */
  RECONCILE_SUCCEEDED = 'ReconcileSucceeded',
}
