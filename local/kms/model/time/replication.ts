import { requireDuration } from '../../protocol/duration';

/**
 * The duration of replication: a new replica is Creating, and two keys that change roles are Updating, for this long.
 *
 * The default is 0. The state is then reported in the answer that begins it, and is over at the next call.
 */
export class Replication {
  private duration = 0;

  /** On the virtual clock. */
  public get milliseconds(): number {
    return this.duration;
  }

  /** Sets the duration of every replication that begins from now on. */
  public setDuration(milliseconds: number): void {
    requireDuration('replicationMilliseconds', milliseconds);
    this.duration = milliseconds;
  }
}
