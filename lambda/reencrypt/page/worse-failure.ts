import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/** The failure to report, of two of one invocation: throttling is the less important one, because it ends without any action. */
export function worseOf(one: unknown, other: unknown): unknown {
  return Failure.named(one, ErrorName.THROTTLED) ? other : one;
}
