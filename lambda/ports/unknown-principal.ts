import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

/**
 * AWS KMS refused a key policy, because it names a principal that KMS does not know: one that was deleted, or a new
 * one. KMS does not return which.
 */
export class UnknownPrincipal extends Failure {
  public constructor(where: string, cause: Error) {
    super(ErrorName.KEY_NOT_READY, {
      where,
      what: 'key policy names a principal that AWS KMS does not know',
      given: cause.message,
      remedy: 'name principals that exist; KMS knows a new principal a minute after its creation',
    }, cause);
  }
}
