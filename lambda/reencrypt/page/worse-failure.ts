import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/** Of two failures of one invocation the one to tell: being throttled says the least, since it passes by itself. */
export function worseOf(one: unknown, other: unknown): unknown {
  return Failure.named(one, ErrorName.THROTTLED) ? other : one;
}
