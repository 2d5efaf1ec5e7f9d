import { requireDuration } from '../../protocol/duration';

/** How long, on the virtual clock, the rest of KMS goes on seeing what was before a change. */
export interface PropagationDelays {
  /** Until an alias that was made, moved or deleted resolves as it now should. */
  readonly aliasMilliseconds: number;
  /** Until a new key policy decides. */
  readonly policyMilliseconds: number;
  /** Until a new grant counts for requests that do not bring its token. */
  readonly grantMilliseconds: number;
}

const AT_ONCE: PropagationDelays = { aliasMilliseconds: 0, policyMilliseconds: 0, grantMilliseconds: 0 };

/** The delays of one KMS. Changes are seen at once unless a test says otherwise; a new delay counts for changes from then on. */
export class Propagation {
  private current = AT_ONCE;

  public get delays(): PropagationDelays {
    return this.current;
  }

  /** What is left out stays as it is. */
  public set(changes: Partial<PropagationDelays>): void {
    for (const [name, milliseconds] of Object.entries(changes)) requireDuration(name, milliseconds);
    this.current = { ...this.current, ...changes };
  }
}
