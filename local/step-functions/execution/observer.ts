import type { Transition } from '../states/state';

/** Watches executions, those of Map children included. */
export interface ExecutionObserver {
  /** The state is performed when the observer has looked. Throw `ExecutionStopped` to end the execution here. */
  stateEntered?(name: string, input: unknown): void | Promise<void>;
  transitionCrossed?(transition: Transition): void;
}
