import type { ErrorName } from './error-names';
import { describeProblem, type Problem } from './problem';

/**
 * An error with a name that state machines match on, and a message that an operator can act on.
 *
 * It never contains data: no key material, no ciphertext, no presigned URL.
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
