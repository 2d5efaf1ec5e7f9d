import type { GenerationArns, PassMode } from './reencryption';
import type { RetirementRun } from './retirement-run';
import type { RotationRun } from './rotation-run';
import type { FamilyDescription, FamilyRoles } from '../family/family-description';
import type { StoreDescription } from '../stores/store-description';

/** Version of the messages between states and functions. A reader of version n+1 reads n. */
export const STEP_SCHEMA = 1;

/** Steps of the control function after the plan of a rotation. Each returns the run with its results. */
export type ControlStep =
  | 'create-generation' | 'restore-generation' | 'pre-flight' | 'prove-watch' | 'move-alias' | 'check-consumers' | 'lift-fence'
  | 'move-alias-back' | 'fence' | 'probe-fence' | 'begin-pass' | 'begin-census' | 'conclude-census' | 'conclude-rotation';

/** Steps of the control function in a retirement run: only the control role may change key policies. */
export type GateStep = 'open-gate' | 'close-gate';

/** Steps of the retirement function after the decision of a retirement run. Each returns the run with its results. */
export type RetirementStep =
  | 'begin-count' | 'conclude-count' | 'certify' | 'begin-soak' | 'probe-watch'
  | 'schedule-deletion' | 'record-recount' | 'start-over' | 'cancel-deletion' | 'end-retirement';

/** The ARNs of the state machines of a family. */
export interface FamilyMachines {
  readonly rotation: string;
  readonly retirement: string;
}

/** The members of every request to a function. */
export interface StepRequest<Step extends string = string> {
  readonly schema: typeof STEP_SCHEMA;
  readonly step: Step;
}

/** Every request to the control function, except those of `Custom::RotatingKey`. */
export type ControlRequest =
  | StepRequest<'reconcile'> & { readonly family: FamilyDescription; readonly machines: FamilyMachines }
  | StepRequest<'plan'> & {
    readonly family: FamilyDescription;
    /** The ARN of the execution. With the time at which it started, it is the id of the run: see `runId`. */
    readonly execution: string;
    /** ISO 8601, from the context object of Step Functions. */
    readonly startedAt: string;
    /** The ARN of the rotation state machine, to list the runs in progress. */
    readonly machine: string;
    /** The input of the execution, which an operator may have written: see `RotationInput`. */
    readonly input: unknown;
  }
  | StepRequest<ControlStep> & { readonly family: FamilyDescription; readonly machine: string; readonly run: RotationRun }
  | StepRequest<GateStep> & { readonly family: FamilyDescription; readonly run: RetirementRun };

/** Every request to the worker function. */
export type WorkerRequest =
  /** Proves permissions and stores before the alias moves. Returns `{}`. */
  | StepRequest<'pre-flight'> & {
    readonly family: string;
    readonly stores: readonly StoreDescription[];
    readonly generations: GenerationArns;
  }
  /**
   * The same once a day, without a rotation: for the current generation, which the alias names. It writes nothing.
   * Returns `{ ready }`, and publishes the same as a metric.
   */
  | StepRequest<'daily-pre-flight'> & { readonly family: string; readonly stores: readonly StoreDescription[] }
  /** Re-encrypts or counts a part of a shard. Returns a `ShardProgress`. */
  | StepRequest<'work-on-shard'> & {
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

/** Every request to the retirement function. */
export type RetirementRequest =
  | StepRequest<'decide'> & {
    readonly family: FamilyDescription;
    readonly execution: string;
    readonly startedAt: string;
    /** The input of the execution, which an operator may have written: see `RetirementInput`. */
    readonly input: unknown;
  }
  | StepRequest<RetirementStep> & { readonly family: FamilyDescription; readonly run: RetirementRun }
  /** Records a failed call to KMS. `detail` is the CloudTrail record, as EventBridge delivers it. Returns `{}`. */
  | StepRequest<'record-use'> & { readonly alias: string; readonly roles: FamilyRoles; readonly detail: unknown };

/** The environment variables of the functions. */
export enum FunctionVariable {
  /** The name of the evidence bucket. */
  EVIDENCE_BUCKET = 'EVIDENCE_BUCKET',
}
