import type { Counter, Progress } from './progress';
import type { AuditRecord } from '../kms/service/audit/audit-log';
import type { ExecutionObserver } from '../step-functions/execution/observer';
import type { Definition } from '../step-functions/interpreter/parse-definition';

/** Which of the two machines of a family a definition is. */
export type MachineKind = 'rotation' | 'retirement';

/** The states of a rotation as a person likes to hear of them. Waits and choices go without saying. */
const WORDS: { readonly [state: string]: string } = {
  CreateGeneration: 'rotation: create generation 2',
  PreflightControl: 'rotation: pre-flight, the new generation encrypts a canary',
  PreflightWorker: 'rotation: pre-flight, the worker tries its permissions with dry runs',
  WaitBeforeMove: 'rotation: settle',
  MoveAlias: 'rotation: move the alias',
  WaitAfterMove: 'rotation: settle, and watch for consumers in trouble',
  Fence: 'rotation: fence generation 1',
  WaitAfterFence: 'rotation: settle',
  ReEncrypt: 'rotation: re-encrypt',
  Census: 'rotation: census',
  ConcludeRotation: 'rotation: nothing is left under generation 1',
  Count: 'retirement: census that puts every blob to KMS',
  Certify: 'retirement: certificate for generation 1',
  BeginSoak: 'retirement: generation 1 is disabled, its soak begins',
  ScheduleDeletion: 'retirement: deletion of generation 1 is scheduled',
};
const THROUGH_RECORDS = ['ReEncrypt', 'Census', 'Count'];

/** So many records that the worker puts to KMS go by between two orders that somebody places. */
const RECORDS_PER_ORDER = 25;

/** What `MachineWatch` needs to know. */
export interface MachineWatchOptions {
  readonly progress: Progress;
  readonly expectedRecords: () => number;
  readonly isWorker: (accessKey: string) => boolean;
  /** Time has gone by in which somebody may have placed an order. */
  readonly timeWentBy: () => void;
}

/** Shows what the state machines do: a line for each step, and a count for those that go through the records. */
export class MachineWatch {
  private readonly crossed: { readonly [kind in MachineKind]: Set<string> } = { rotation: new Set(), retirement: new Set() };
  private counter?: Counter;
  private records = 0;

  public constructor(private readonly options: MachineWatchOptions) {}

  public get crossedStates(): { readonly [kind in MachineKind]: readonly string[] } {
    return { rotation: [...this.crossed.rotation], retirement: [...this.crossed.retirement] };
  }

  public observer(definition: Definition): ExecutionObserver {
    const kind: MachineKind = definition.states.has('MoveAlias') ? 'rotation' : 'retirement';
    return {
      stateEntered: (state) => {
        this.crossed[kind].add(state);
        if (!definition.states.has(state)) return;
        this.tell(state);
        this.options.timeWentBy();
      },
    };
  }

  /** A record is done when KMS has answered for it. */
  public noteCall({ operation, accessKey, status, dryRun }: AuditRecord): void {
    if (operation !== 'ReEncrypt' || status !== 'answered' || dryRun === true || !this.options.isWorker(accessKey)) return;
    this.counter?.advance();
    this.records += 1;
    if (this.records % RECORDS_PER_ORDER === 0) this.options.timeWentBy();
  }

  public end(): void {
    this.counter?.end();
    this.counter = undefined;
  }

  private tell(state: string): void {
    this.end();
    const words = WORDS[state];
    if (words === undefined) return;
    if (THROUGH_RECORDS.includes(state)) this.counter = this.options.progress.count(words, this.options.expectedRecords());
    else this.options.progress.say(words);
  }
}
