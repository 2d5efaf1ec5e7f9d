import { requireDuration } from '../../protocol/duration';

/** Propagation delays, on the virtual clock: how long the rest of KMS sees the state from before a change. */
export interface PropagationDelays {
  /** Until an alias that was created, moved or deleted resolves to its new target. */
  readonly aliasMilliseconds: number;
  /** Until a new key policy is enforced. */
  readonly policyMilliseconds: number;
  /** Until a new grant counts for requests that do not include its token. */
  readonly grantMilliseconds: number;
}

const NO_DELAYS: PropagationDelays = { aliasMilliseconds: 0, policyMilliseconds: 0, grantMilliseconds: 0 };

/** The propagation delays of one KMS. They are 0 by default; a new delay applies to changes from then on. */
export class Propagation {
  private current = NO_DELAYS;

  public get delays(): PropagationDelays {
    return this.current;
  }

  /** Delays that are left out keep their value. */
  public set(changes: Partial<PropagationDelays>): void {
    for (const [name, milliseconds] of Object.entries(changes)) requireDuration(name, milliseconds);
    this.current = { ...this.current, ...changes };
  }
}
