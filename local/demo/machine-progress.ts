import type { Counter, Progress } from './progress';
import type { AuditRecord } from '../kms/service/audit/audit-log';
import type { ExecutionObserver } from '../step-functions/execution/observer';
import type { Definition } from '../step-functions/interpreter/parse-definition';

/** The two state machines of a family. */
export type MachineKind = 'rotation' | 'retirement';

/** What is printed when a state is entered. The other states, such as choices, print nothing. */
export const STEP_TEXTS: { readonly [state: string]: string } = {
  CreateGeneration: 'rotation: create generation 2',
  PreflightControl: 'rotation: pre-flight, generation 2 encrypts a canary',
  PreflightWorker: 'rotation: pre-flight, the worker checks its permissions with dry runs',
  WaitBeforeMove: 'rotation: wait for propagation in KMS',
  MoveAlias: 'rotation: move the alias to generation 2',
  WaitAfterMove: 'rotation: wait for propagation in KMS, watch consumers',
  Fence: 'rotation: fence generation 1',
  WaitAfterFence: 'rotation: wait for propagation in KMS',
  ReEncrypt: 'rotation: re-encrypt',
  Census: 'rotation: census',
  ConcludeRotation: 'rotation: no record is left under generation 1',
  Count: 'retirement: census',
  Certify: 'retirement: certify generation 1',
  BeginSoak: 'retirement: disable generation 1, its soak begins',
  ScheduleDeletion: 'retirement: schedule the deletion of generation 1',
};

/** The steps that process every record, so that their progress can be counted. */
const COUNTED_STATES = ['ReEncrypt', 'Census', 'Count'];

/** How many records the worker processes between two orders of the application. */
const RECORDS_PER_ORDER = 25;

export interface MachineProgressOptions {
  readonly progress: Progress;
  readonly expectedRecords: () => number;
  readonly isWorker: (accessKey: string) => boolean;
  /** Called for every step and for every few records: the moments at which the application writes another order. */
  readonly onTimePassed: () => void;
}

/**
 * Reports the progress of the state machines: a line for each step, and a count for the steps that
 * process every record.
 */
export class MachineProgress {
  private readonly executed: { readonly [kind in MachineKind]: Set<string> } = { rotation: new Set(), retirement: new Set() };
  private counter?: Counter;
  /** A loop of states enters its wait again and again: it is reported once. */
  private reported?: string;
  private records = 0;

  public constructor(private readonly options: MachineProgressOptions) {}

  public get executedStates(): { readonly [kind in MachineKind]: readonly string[] } {
    return { rotation: [...this.executed.rotation], retirement: [...this.executed.retirement] };
  }

  public observer(definition: Definition): ExecutionObserver {
    const kind: MachineKind = definition.states.has('MoveAlias') ? 'rotation' : 'retirement';
    return {
      stateEntered: (state) => {
        this.executed[kind].add(state);
        if (!definition.states.has(state)) return;
        this.reportStep(state);
        this.options.onTimePassed();
      },
    };
  }

  /** Counts a record when KMS has answered the ReEncrypt call for it. */
  public kmsCalled({ operation, accessKey, status, dryRun }: AuditRecord): void {
    if (operation !== 'ReEncrypt' || status !== 'answered' || dryRun === true || !this.options.isWorker(accessKey)) return;
    this.counter?.advance();
    this.records += 1;
    if (this.records % RECORDS_PER_ORDER === 0) this.options.onTimePassed();
  }

  public end(): void {
    this.counter?.end();
    this.counter = undefined;
  }

  private reportStep(state: string): void {
    this.end();
    const text = STEP_TEXTS[state];
    if (text === undefined || (text === this.reported && !COUNTED_STATES.includes(state))) return;
    this.reported = text;
    if (COUNTED_STATES.includes(state)) this.counter = this.options.progress.count(text, this.options.expectedRecords());
    else this.options.progress.step(text);
  }
}
