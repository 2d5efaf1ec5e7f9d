import { createHash } from 'node:crypto';
import { requireDuration } from '../../protocol/duration';

/** Propagation delays, on the virtual clock: how long the rest of KMS sees the state from before a change. */
export interface PropagationDelays {
  /** Until an alias that was created, moved or deleted resolves to its new target. */
  readonly aliasMilliseconds: number;
  /** Until a new key policy is enforced. */
  readonly policyMilliseconds: number;
  /** Until a new grant counts for requests that do not include its token. */
  readonly grantMilliseconds: number;
  /**
   * The longest time until a change is read by Describe, Get and List calls, and until a new key exists for every
   * call. Each call is late by a part of it that follows from the seed, so that a read can return an older state than
   * the one before.
   */
  readonly readMilliseconds: number;
  /** The longest time until GetKeyLastUsage returns a use. AWS: up to an hour. */
  readonly usageMilliseconds: number;
}

const NO_DELAYS: PropagationDelays = {
  aliasMilliseconds: 0, policyMilliseconds: 0, grantMilliseconds: 0, readMilliseconds: 0, usageMilliseconds: 0,
};

/** The propagation delays of one KMS. They are 0 by default; a new delay applies to changes from then on. */
export class Propagation {
  private current = NO_DELAYS;
  private calls = 0;

  /** @param seed decides how late each call is */
  public constructor(private readonly seed = 1) {}

  public get delays(): PropagationDelays {
    return this.current;
  }

  /** Delays that are left out keep their value. */
  public set(changes: Partial<PropagationDelays>): void {
    for (const [name, milliseconds] of Object.entries(changes)) requireDuration(name, milliseconds);
    this.current = { ...this.current, ...changes };
  }

  /** How far the state that the next call reads is in the past. */
  public nextLag(): number {
    const { readMilliseconds } = this.current;
    if (readMilliseconds === 0) return 0;
    const part = createHash('sha256').update(`read/${this.seed}/${this.calls++}`).digest().readUIntBE(0, 6) / 2 ** 48;
    return Math.round(part * readMilliseconds);
  }
}
