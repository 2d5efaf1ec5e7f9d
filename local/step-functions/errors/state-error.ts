import { ExecutionStopped } from './stopping';

/** An error of a state. Retry and Catch match its name, and its message is the cause. */
export class StateError extends Error {
  /** Converts what a function threw. `ExecutionStopped` is not an error of a state, and is thrown again. */
  public static from(thrown: unknown): StateError {
    if (thrown instanceof ExecutionStopped) throw thrown;
    if (thrown instanceof Error || hasNameAndMessage(thrown)) return new StateError(thrown.name, thrown.message);
    return new StateError(typeof thrown, String(thrown));
  }

  public constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }

  /**
   * Whether a name in `ErrorEquals` matches this error. No name matches `States.Runtime`, and only its own name matches
   * `States.DataLimitExceeded`.
   */
  public matches(name: string): boolean {
    if (this.name === RUNTIME) return false;
    if (this.name === name) return true;
    if (this.name === DATA_LIMIT_EXCEEDED) return false;
    return name === 'States.ALL' || (name === 'States.TaskFailed' && this.name !== TIMEOUT);
  }
}

export const RUNTIME = 'States.Runtime';
export const TIMEOUT = 'States.Timeout';
const DATA_LIMIT_EXCEEDED = 'States.DataLimitExceeded';

/** Error for data that the definition cannot process. AWS ends the execution, regardless of Retry and Catch. */
export function runtimeError(cause: string): StateError {
  return new StateError(RUNTIME, cause);
}

/** Errors of another realm are not instances of `Error` in this realm. */
function hasNameAndMessage(thrown: unknown): thrown is { readonly name: string; readonly message: string } {
  const { name, message } = (thrown ?? {}) as { name?: unknown; message?: unknown };
  return typeof name === 'string' && typeof message === 'string';
}
