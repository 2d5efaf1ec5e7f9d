import type { SecretEncoding } from '../requests/import-request';
import type { StoreDescription } from '../stores/store-description';
import type { StorePlace } from '../stores/store-place';

/** Schema version of the description that every message contains. A reader of version n+1 reads n. */
export const FAMILY_SCHEMA = 1;

/** Source of the key material of each new generation. */
export type GenerationMaterial =
  /** KMS generates it. */
  | { readonly kind: 'aws-kms' }
  /** AWSCURRENT of a secret. Every generation needs different key material. */
  | {
    readonly kind: 'secret';
    readonly secretArn: string;
    readonly encoding: SecretEncoding;
    readonly wrappingAlgorithm: string;
    readonly wrappingKeySpec: string;
  };

/** The roles that work on a family, each with its own permissions. */
export interface FamilyRoles {
  /** Keys, aliases, policies, key material. */
  readonly control: string;
  /** ReEncrypt, and nothing else of KMS. */
  readonly worker: string;
  /** Disables old generations, watches their use, schedules their deletion. */
  readonly retirement: string;
  /** The role that is exempt from the gate, for operators. Optional. */
  readonly breakGlass?: string;
}

/**
 * When an old generation may be deleted. Without it, old generations are never deleted: they are retained,
 * fenced and listed.
 */
export interface DeletionDescription {
  /** Days without use that an enabled, fenced and certified generation must have had before it is disabled. */
  readonly observationDays: number;
  /** Days for which a disabled generation must not be requested by any application. */
  readonly soakDays: number;
  /** Days, counted from the certifying census, for which restorable backups may still contain old blobs. */
  readonly backupRetentionDays: number;
  /** Days between scheduling the deletion and the deletion, from 7 to 30. */
  readonly pendingWindowDays: number;
  /** What happens when an application requests a generation in soak. */
  readonly onUse: 'start-over' | 'hold';
}

/** A rotating key as its owner declared it: everything that the functions need besides the state in AWS. */
export interface FamilyDescription {
  readonly schema: typeof FAMILY_SCHEMA;
  /** `alias/orders`: the name of the family, and the alias of its current generation. */
  readonly alias: string;
  /** The declaring owner: stack name and logical id. */
  readonly owner: string;
  readonly description: string;
  /**
   * The declared key policy, as JSON text. The policy of a generation is a function of this, the roles and its phase.
   */
  readonly policyDocument: string;
  readonly roles: FamilyRoles;
  readonly material: GenerationMaterial;
  /** The owner's own tags, for every generation. */
  readonly tags: { readonly [name: string]: string };
  readonly stores: readonly StoreDescription[];
  /**
   * Stores that were declared before, and whose data keys the owner has declared as no longer needed. Absent: none.
   * Every other store that was ever declared must be counted before a generation is retired.
   */
  readonly releasedStores?: readonly StorePlace[];
  /** The age of the current generation at which a rotation is due. Absent: only an operator starts rotations. */
  readonly rotateEverySeconds?: number;
  /** How long to wait until a change of an alias or policy has propagated. */
  readonly propagationDelaySeconds: number;
  /**
   * The same, after the alias has moved in the first rotation of the family: time to detect consumers that pass the
   * alias to Decrypt.
   */
  readonly firstRotationWatchSeconds: number;
  /** How long an application may store records with a cached data key, without a call to KMS. */
  readonly dataKeyMaxAgeSeconds: number;
  /** Number of passes after which a rotation fails because applications keep writing records under old generations. */
  readonly maxPasses: number;
  /**
   * What happens when consumers fail after the alias has moved. With `roll-back`, the alias moves only if the watch has
   * received the event of its own probe.
   */
  readonly onConsumerFailure: 'roll-back' | 'roll-back-if-watched' | 'continue';
  /** Stops the daily reconcile run and every irreversible step. */
  readonly paused: boolean;
  readonly deletion?: DeletionDescription;
}
