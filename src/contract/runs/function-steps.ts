import type { GenerationArns, PassMode } from './reencryption';
import type { RetirementRun } from './retirement-run';
import type { RotationRun } from './rotation-run';
import type { FamilyDescription } from '../family/family-description';
import type { StoreDescription } from '../stores/store-description';

/** Version of the messages between states and functions. A reader of version n+1 reads n. */
export const STEP_SCHEMA = 1;

/** What a state asks the control function for, once the run has been planned. The answer is the run, brought further. */
export type ControlStep =
  | 'create-generation' | 'restore-generation' | 'pre-flight' | 'move-alias' | 'check-consumers' | 'move-alias-back'
  | 'fence' | 'probe-fence' | 'begin-pass' | 'begin-census' | 'conclude-census' | 'conclude-rotation';

/** What a state of the retirement machine asks the control function for: policies are the control role's alone. */
export type GateStep = 'open-gate' | 'close-gate';

/** What a state asks the retirement function for, once the run has been decided. The answer is the run, brought further. */
export type RetirementStep =
  'begin-count' | 'conclude-count' | 'certify' | 'begin-soak' | 'probe-watch' | 'schedule-deletion' | 'record-recount' | 'start-over' | 'cancel-deletion';

/** The state machines of a family, by ARN. */
export interface FamilyMachines {
  readonly rotation: string;
  readonly retirement: string;
}

/** Everything that the control function is asked for, besides `Custom::RotatingKey`. */
export type ControlRequest =
  | { readonly schema: typeof STEP_SCHEMA; readonly step: 'reconcile'; readonly family: FamilyDescription; readonly machines: FamilyMachines }
  | {
    readonly schema: typeof STEP_SCHEMA;
    readonly step: 'plan';
    readonly family: FamilyDescription;
    /** The ARN of the execution: the name of the run. */
    readonly execution: string;
    /** The ARN of the rotation state machine, to see which runs are under way. */
    readonly machine: string;
    /** As somebody wrote it: see `RotationInput`. */
    readonly input: unknown;
  }
  | {
    readonly schema: typeof STEP_SCHEMA;
    readonly step: ControlStep;
    readonly family: FamilyDescription;
    readonly machine: string;
    readonly run: RotationRun;
  }
  | { readonly schema: typeof STEP_SCHEMA; readonly step: GateStep; readonly family: FamilyDescription; readonly run: RetirementRun };

/** Everything that the worker is asked for. */
export type WorkerRequest =
  /** Proves permissions and stores before anything moves. The answer is `{}`. */
  | {
    readonly schema: typeof STEP_SCHEMA;
    readonly step: 'pre-flight';
    readonly family: string;
    readonly stores: readonly StoreDescription[];
    readonly generations: GenerationArns;
  }
  /** Works through a part of a shard. The answer is a `ShardProgress`. */
  | {
    readonly schema: typeof STEP_SCHEMA;
    readonly step: 'work-on-shard';
    readonly family: string;
    readonly stores: readonly StoreDescription[];
    readonly run: string;
    readonly pass: number;
    readonly mode: PassMode;
    readonly generations: GenerationArns;
    readonly storeId: string;
    readonly shard: number;
    readonly sequence: number;
  };

/** Everything that the retirement function is asked for. */
export type RetirementRequest =
  | {
    readonly schema: typeof STEP_SCHEMA;
    readonly step: 'decide';
    readonly family: FamilyDescription;
    readonly execution: string;
    /** As somebody wrote it: see `RetirementInput`. */
    readonly input: unknown;
  }
  | { readonly schema: typeof STEP_SCHEMA; readonly step: RetirementStep; readonly family: FamilyDescription; readonly run: RetirementRun }
  /** A call to KMS failed, says CloudTrail. `detail` is its record, as EventBridge delivers it. */
  | { readonly schema: typeof STEP_SCHEMA; readonly step: 'record-use'; readonly alias: string; readonly roles: FamilyDescription['roles']; readonly detail: unknown };

/** What the functions find in their environment. */
export enum FunctionVariable {
  /** The name of the bucket where evidence is kept. */
  EVIDENCE_BUCKET = 'EVIDENCE_BUCKET',
}
