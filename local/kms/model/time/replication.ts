import { requireDuration } from '../../protocol/duration';

/**
 * How long Regions take to agree: a new replica is Creating so long, and the two keys that change roles are Updating.
 *
 * At first it takes no time. The state is then told in the very answer that begins it, and is over when the next call looks.
 */
export class Replication {
  private duration = 0;

  /** On the virtual clock. */
  public get milliseconds(): number {
    return this.duration;
  }

  /** Holds for what begins from now on. */
  public takes(milliseconds: number): void {
    requireDuration('replicationMilliseconds', milliseconds);
    this.duration = milliseconds;
  }
}
