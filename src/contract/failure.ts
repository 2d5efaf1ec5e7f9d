import type { ErrorName } from './error-names';
import { describeProblem, type Problem } from './problem';

/**
 * An error with a name that state machines match on, and a sentence that a person can act on.
 *
 * It never carries data: no key bytes, no ciphertext, no presigned URL.
 */
export class Failure extends Error {
  public static named(error: unknown, name: ErrorName): error is Failure {
    return error instanceof Failure && error.name === name;
  }

  public constructor(name: ErrorName, public readonly problem: Problem, cause?: unknown) {
    super(describeProblem(problem), cause === undefined ? undefined : { cause });
    this.name = name;
  }
}
