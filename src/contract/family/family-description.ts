import type { SecretEncoding } from '../requests/import-request';
import type { StoreDescription } from '../stores/store-description';

/** Version of the description that travels with every message. A reader of version n+1 reads n. */
export const FAMILY_SCHEMA = 1;

/** Where the material of each new generation comes from. */
export type GenerationMaterial =
  /** KMS makes it. */
  | { readonly kind: 'aws-kms' }
  /** AWSCURRENT of a secret; every generation wants bytes of its own. */
  | {
    readonly kind: 'secret';
    readonly secretArn: string;
    readonly encoding: SecretEncoding;
    readonly wrappingAlgorithm: string;
    readonly wrappingKeySpec: string;
  };

/** The roles that work on a family, each with rights of its own. */
export interface FamilyRoles {
  /** Keys, aliases, policies, material. */
  readonly control: string;
  /** ReEncrypt, and nothing else of KMS. */
  readonly worker: string;
  /** Disables, watches, schedules deletion. */
  readonly retirement: string;
  /** Who may pass the gate by hand, if anybody may. */
  readonly breakGlass?: string;
}

/** When an old generation may go. Absent from a family: never; old generations are kept, fenced and listed. */
export interface DeletionDescription {
  /** Quiet days that an enabled, fenced and certified generation must have had before it is disabled. */
  readonly observationDays: number;
  /** Days that a disabled generation must go without anybody asking for it. */
  readonly soakDays: number;
  /** Days, counted from the certifying census, for which backups may be restored that still hold old blobs. */
  readonly backupRetentionDays: number;
  /** Days between scheduling the deletion and the deletion, from 7 to 30. */
  readonly pendingWindowDays: number;
  /** What happens when somebody asks for a generation in soak. */
  readonly onUse: 'start-over' | 'hold';
}

/** A rotating key as its owner declared it: all that the functions need to know besides the world itself. */
export interface FamilyDescription {
  readonly schema: typeof FAMILY_SCHEMA;
  /** `alias/orders`: the name of the family, and the alias of its current generation. */
  readonly alias: string;
  /** Who declares it: stack name and logical id. */
  readonly owner: string;
  readonly description: string;
  /** The declared key policy, as JSON text. What a generation stands under is a function of this, the roles and its phase. */
  readonly policyDocument: string;
  readonly roles: FamilyRoles;
  readonly material: GenerationMaterial;
  /** The owner's own tags, for every generation. */
  readonly tags: { readonly [name: string]: string };
  readonly stores: readonly StoreDescription[];
  /** The age of the current generation at which a rotation is due. Absent: rotations are started by hand only. */
  readonly rotateEverySeconds?: number;
  /** How long a change of alias or policy is given to reach everybody. */
  readonly propagationDelaySeconds: number;
  /** The same, after the alias has moved in the first rotation of the family: time to find consumers that name the alias when they decrypt. */
  readonly firstRotationWatchSeconds: number;
  /** How long an application may go on storing a data key that it already has, without asking KMS. */
  readonly dataKeyMaxAgeSeconds: number;
  /** How often a rotation re-encrypts and counts before it gives up on writers that outrun it. */
  readonly maxPasses: number;
  /** What happens when consumers fail after the alias has moved. */
  readonly onConsumerFailure: 'roll-back' | 'continue';
  /** Stops the tick and every irreversible step. */
  readonly paused: boolean;
  readonly deletion?: DeletionDescription;
}
