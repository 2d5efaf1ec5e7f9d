/**
 * The tags of a generation. Tags and aliases hold the state of a rotating key, and the evidence proves it.
 * Their names and meanings are public and versioned by `SCHEMA`.
 */
export enum GenerationTag {
  /** Version of this table of tags. */
  SCHEMA = 'cdk-kms-lifecycle:schema',
  /** The alias of the family: `alias/orders`. */
  FAMILY = 'cdk-kms-lifecycle:family',
  /** The owner that declares the family: stack name and logical id. */
  OWNER = 'cdk-kms-lifecycle:owner',
  /**
   * `created` by the family, or `adopted`: an existing key. Retirement deletes both alike. Absent: created.
   */
  ORIGIN = 'cdk-kms-lifecycle:origin',
  /** The number of the generation, decimal. */
  GENERATION = 'cdk-kms-lifecycle:generation',
  /** `unclaimed` from creation until the alias `alias/orders/gN` names the key, `claimed` from then on. */
  STATE = 'cdk-kms-lifecycle:state',
  /** `next`, `current`, `fenced` or `retiring`: which policy the generation is subject to. */
  PHASE = 'cdk-kms-lifecycle:phase',
  /**
   * The run that works on this generation: the ARN of an execution, `@` and the time at which it started, or
   * `deployment` for the first generation of a family.
   */
  RUN = 'cdk-kms-lifecycle:run',
  /** Revision of the declared policy document that was last written. */
  POLICY_REVISION = 'cdk-kms-lifecycle:policy-revision',
  /**
   * The description that the last complete deployment wrote, and when: `<revision>@<ISO 8601>`. Functions that receive
   * an older description change nothing.
   */
  DESCRIPTION = 'cdk-kms-lifecycle:description',
  /** The version of the secret whose key material was imported. */
  MATERIAL_VERSION = 'cdk-kms-lifecycle:material-version',
  /** When the key was created, ISO 8601. */
  CREATED_AT = 'cdk-kms-lifecycle:created-at',
  /** When the alias was moved to this generation. */
  CURRENT_SINCE = 'cdk-kms-lifecycle:current-since',
  /** When the fence of this generation was first confirmed to be in force. */
  FENCED_SINCE = 'cdk-kms-lifecycle:fenced-since',
  /** When a rotation's census found no record under this generation. Empty: a record has been found since. */
  EMPTIED_SINCE = 'cdk-kms-lifecycle:emptied-since',
  /**
   * Start of the census behind the certificate of this generation. Backup retention is counted from it. Empty: no
   * longer certified.
   */
  CERTIFIED_SINCE = 'cdk-kms-lifecycle:certified-since',
  /**
   * When retirement disabled this generation (start of its soak), or an unclaimed key as an orphan. Empty: no longer.
   */
  DISABLED_SINCE = 'cdk-kms-lifecycle:disabled-since',
  /** Start of the census that allowed the deletion to be scheduled. Empty: no longer. */
  RECOUNTED_AT = 'cdk-kms-lifecycle:recounted-at',
  /**
   * Time of the first move of the alias to this generation, after which it was moved back because consumers failed, and
   * a digest of the declaration at that time. Only an operator, or a deployment that changes the declaration, rotates
   * to it again. Empty: no longer.
   */
  ROLLED_BACK = 'cdk-kms-lifecycle:rolled-back',
  /**
   * Whether the rotation that replaced this generation would have detected failing consumers: `proven` if the watch
   * received its own probe, otherwise `unknown`. Written when the watch of consumers ended without a failure.
   */
  CONSUMER_WATCH = 'cdk-kms-lifecycle:consumer-watch',
  /**
   * The highest generation number ever used, recorded on the current generation before that one is deleted. Absent: it
   * still exists.
   */
  HIGHEST_GENERATION = 'cdk-kms-lifecycle:highest-generation',
}

/** Version of the tag table. A reader of version n+1 reads n. */
export const GENERATION_TAG_SCHEMA = '1';

/** Phase of a generation. Its key policy is a function of the phase and the declared document. */
export type GenerationPhase = 'next' | 'current' | 'fenced' | 'retiring';

/** Every phase, in the order in which a generation passes through them. */
export const GENERATION_PHASES: readonly GenerationPhase[] = ['next', 'current', 'fenced', 'retiring'];

/** Prefix of all tags of a family. The gate denies changes of them to every other principal. */
export const GENERATION_TAG_PREFIX = 'cdk-kms-lifecycle:';

/**
 * Maximum digits of the number of a generation. The maximum length of a family's alias leaves room for
 * `alias/orders/g9999`.
 */
export const MAX_GENERATION_DIGITS = 4;

/** The permanent alias of a generation: `alias/orders/g3`. */
export function generationAlias(familyAlias: string, generation: number): string {
  return `${familyAlias}/g${generation}`;
}

/** The number in a generation's alias, or `undefined` for any other alias, such as one with too many digits. */
export function generationOfAlias(familyAlias: string, alias: string): number | undefined {
  if (!alias.startsWith(`${familyAlias}/g`)) return undefined;
  const digits = alias.slice(familyAlias.length + 2);
  return digits.length <= MAX_GENERATION_DIGITS && /^(0|[1-9][0-9]*)$/.test(digits) ? Number(digits) : undefined;
}
