import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { Clock } from '../ports';

const SECOND = 1000;

/** What has only just been made or allowed is seen everywhere after this time. */
const SETTLED_AFTER_MS = 120 * SECOND;

const LONGEST_WAIT_MS = 15 * SECOND;

/** Failures that a key or a policy which is seconds old causes, and time alone mends. Everything else is told at once. */
const MENDED_BY_TIME: readonly string[] = [ErrorName.KEY_NOT_READY, ErrorName.ACCESS_DENIED];

/** Waits, longer each time, for what was done a moment ago to be seen everywhere; and ends. */
export class Patience {
  private readonly started: Date;
  private nextWait = SECOND;
  private failure?: Failure;

  public constructor(private readonly where: string, private readonly clock: Clock) {
    this.started = clock.now();
  }

  /** Takes one step. `wait` when it failed in a way that time may mend. */
  public async during<T>(step: () => Promise<T>): Promise<T | 'wait'> {
    try {
      const outcome = await step();
      this.failure = undefined;
      return outcome;
    } catch (error) {
      if (!(error instanceof Failure) || !MENDED_BY_TIME.includes(error.name)) throw error;
      this.failure = error;
      return 'wait';
    }
  }

  public async wait(): Promise<void> {
    if (this.clock.now().getTime() - this.started.getTime() >= SETTLED_AFTER_MS) throw this.failure ?? this.neverSeen();
    await this.clock.sleep(this.nextWait);
    this.nextWait = Math.min(this.nextWait * 2, LONGEST_WAIT_MS);
  }

  private neverSeen(): Failure {
    return new Failure(ErrorName.VERIFICATION_FAILED, {
      where: this.where,
      what: 'KMS accepted what was asked for, and does not show it',
      given: `nothing after ${SETTLED_AFTER_MS / SECOND} seconds`,
      remedy: 'look at the state and the materials of the key; then deploy again, and it goes on from there',
    });
  }
}
