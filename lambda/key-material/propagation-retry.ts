import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { KMS_PROPAGATION_SECONDS } from '../../src/contract/limits';
import type { Clock } from '../ports/clock';

const SECOND = 1000;

const MAX_WAIT_MS = 15 * SECOND;

/** Failures that a new key or policy causes until it has propagated. Every other failure is thrown immediately. */
const PROPAGATION_ERRORS: readonly string[] = [ErrorName.KEY_NOT_READY, ErrorName.ACCESS_DENIED];

/**
 * The waits of one retry loop until a change has propagated: each longer than the one before, and limited in total.
 *
 * `retryWhilePropagating` in key-family is the loop around it that retries one step. The import of key material has its
 * own loop, because it also waits when a step succeeds and KMS does not show its effect yet.
 */
export class PropagationRetry {
  private readonly started: Date;
  private nextWait = SECOND;
  private failure?: Failure;

  public constructor(private readonly where: string, private readonly clock: Clock) {
    this.started = clock.now();
  }

  /** Runs one step. Returns `wait` if it failed with an error that propagation can resolve. */
  public async during<T>(step: () => Promise<T>): Promise<T | 'wait'> {
    try {
      const outcome = await step();
      this.failure = undefined;
      return outcome;
    } catch (error) {
      if (!(error instanceof Failure) || !PROPAGATION_ERRORS.includes(error.name)) throw error;
      this.failure = error;
      return 'wait';
    }
  }

  public async wait(): Promise<void> {
    if (this.clock.now().getTime() - this.started.getTime() >= KMS_PROPAGATION_SECONDS * SECOND) throw this.failure ?? this.neverSeen();
    await this.clock.sleep(this.nextWait);
    this.nextWait = Math.min(this.nextWait * 2, MAX_WAIT_MS);
  }

  private neverSeen(): Failure {
    return new Failure(ErrorName.VERIFICATION_FAILED, {
      where: this.where,
      what: 'AWS KMS accepted the request, but does not show its effect',
      given: `nothing after ${KMS_PROPAGATION_SECONDS} seconds`,
      remedy: 'check the state and the materials of the key, then deploy again: the import continues from there',
    });
  }
}
