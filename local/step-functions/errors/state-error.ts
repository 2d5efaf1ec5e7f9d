import { ExecutionStopped } from './stopping';

/** An error by name, as states report and catch it. Its message is the cause. */
export class StateError extends Error {
  /** What a function threw, as a state machine sees it. What stops an execution is no error of a state: it is thrown on. */
  public static from(thrown: unknown): StateError {
    if (thrown instanceof ExecutionStopped) throw thrown;
    if (thrown instanceof Error || hasNameAndMessage(thrown)) return new StateError(thrown.name, thrown.message);
    return new StateError(typeof thrown, String(thrown));
  }

  public constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }

  /** Whether a name in `ErrorEquals` means this error. Nothing means `States.Runtime`, and only its own name `States.DataLimitExceeded`. */
  public isMeantBy(name: string): boolean {
    if (this.name === RUNTIME) return false;
    if (this.name === name) return true;
    if (this.name === DATA_LIMIT_EXCEEDED) return false;
    return name === 'States.ALL' || (name === 'States.TaskFailed' && this.name !== TIMEOUT);
  }
}

export const RUNTIME = 'States.Runtime';
export const TIMEOUT = 'States.Timeout';
const DATA_LIMIT_EXCEEDED = 'States.DataLimitExceeded';

/** The definition does not fit the data. AWS ends the execution, whatever Retry and Catch say. */
export function runtimeError(cause: string): StateError {
  return new StateError(RUNTIME, cause);
}

/** Errors of another realm are not instances of this one's `Error`. */
function hasNameAndMessage(thrown: unknown): thrown is { readonly name: string; readonly message: string } {
  const { name, message } = (thrown ?? {}) as { name?: unknown; message?: unknown };
  return typeof name === 'string' && typeof message === 'string';
}
