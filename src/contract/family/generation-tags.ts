/**
 * The tags of a generation. Together with the aliases they are the database of a rotating key: there is no other.
 * Their names and meanings are public and versioned by `SCHEMA`.
 */
export enum GenerationTag {
  /** Version of this table of tags. */
  SCHEMA = 'cdk-kms-lifecycle:schema',
  /** The alias of the family: `alias/orders`. */
  FAMILY = 'cdk-kms-lifecycle:family',
  /** Who declares the family: stack name and logical id. */
  OWNER = 'cdk-kms-lifecycle:owner',
  /** `created` by the family, or `adopted`: a key that people had before, which the family never deletes on its own. Absent: created. */
  ORIGIN = 'cdk-kms-lifecycle:origin',
  /** The number of the generation, decimal. */
  GENERATION = 'cdk-kms-lifecycle:generation',
  /** `unclaimed` from birth until the alias `alias/orders/gN` is its own, `claimed` ever after. */
  STATE = 'cdk-kms-lifecycle:state',
  /** `next`, `current`, `fenced` or `retiring`: which policy the generation stands under. */
  PHASE = 'cdk-kms-lifecycle:phase',
  /** The run that works on this generation: the ARN of an execution, or `deployment` for the first generation of a family. */
  RUN = 'cdk-kms-lifecycle:run',
  /** Revision of the declared policy document that was last written. */
  POLICY_REVISION = 'cdk-kms-lifecycle:policy-revision',
  /** The version of the secret whose bytes were imported. */
  MATERIAL_VERSION = 'cdk-kms-lifecycle:material-version',
  /** When the key was made, ISO 8601. */
  CREATED_AT = 'cdk-kms-lifecycle:created-at',
  /** When the alias came to this generation. */
  CURRENT_SINCE = 'cdk-kms-lifecycle:current-since',
  /** When the fence of this generation was first seen to hold. */
  FENCED_SINCE = 'cdk-kms-lifecycle:fenced-since',
  /** When a rotation's census had found nothing under this generation. Empty: something was found again since. */
  EMPTIED_SINCE = 'cdk-kms-lifecycle:emptied-since',
  /** When the census began that the certificate of this generation rests on. Backup retention is counted from it. Empty: not any more. */
  CERTIFIED_SINCE = 'cdk-kms-lifecycle:certified-since',
  /** When retirement disabled this generation: the beginning of its soak. On an unclaimed key: when it was set aside. Empty: not any more. */
  DISABLED_SINCE = 'cdk-kms-lifecycle:disabled-since',
  /** When the census began that allowed the deletion to be scheduled. Empty: not any more. */
  RECOUNTED_AT = 'cdk-kms-lifecycle:recounted-at',
  /** The highest number that the family had given, noted on the current generation before the one that bears it is deleted. Absent: it is there. */
  HIGHEST_GENERATION = 'cdk-kms-lifecycle:highest-generation',
}

/** Version of the tag table. A reader of version n+1 reads n. */
export const GENERATION_TAG_SCHEMA = '1';

/** How far a generation has come; its key policy is a function of this and the declared document. */
export type GenerationPhase = 'next' | 'current' | 'fenced' | 'retiring';

/** Every phase, in the order of a life. */
export const GENERATION_PHASES: readonly GenerationPhase[] = ['next', 'current', 'fenced', 'retiring'];

/** What all our tags begin with: the gate keeps everybody else from changing them. */
export const GENERATION_TAG_PREFIX = 'cdk-kms-lifecycle:';

/** The alias that a generation keeps for life: `alias/orders/g3`. */
export function generationAlias(familyAlias: string, generation: number): string {
  return `${familyAlias}/g${generation}`;
}

/** The number in a generation's alias, or `undefined` for any other alias. */
export function generationOfAlias(familyAlias: string, alias: string): number | undefined {
  if (!alias.startsWith(`${familyAlias}/g`)) return undefined;
  const digits = alias.slice(familyAlias.length + 2);
  return /^(0|[1-9][0-9]*)$/.test(digits) ? Number(digits) : undefined;
}
