import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/** Which of two failures of one invocation to report: not throttling, because it ends without any action. */
export function worseOf(one: unknown, other: unknown): unknown {
  return Failure.named(one, ErrorName.THROTTLED) ? other : one;
}
