import type { Transition } from '../states/state';

/** Observes executions, including those of Map children. */
export interface ExecutionObserver {
  /** Called before a state runs, which waits for it. If it throws `ExecutionStopped`, the execution stops here. */
  stateEntered?(name: string, input: unknown): void | Promise<void>;
  transitionTaken?(transition: Transition): void;
}
