import { Failure } from '../../../src/contract/failure';
import type { Log, LogFields } from '../../runtime/log';

/** The result of a call that must not stop the calls after it. */
export type Attempt<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'failed' };

/** Runs calls of which each is made although another one failed. Every failure is logged. */
export class Failures {
  /** The first failure. Undefined if every call succeeded. */
  public first: unknown;

  public constructor(private readonly log: Log, private readonly event: string) {}

  public async attempt<T>(fields: LogFields, call: () => Promise<T>): Promise<Attempt<T>> {
    try {
      return { kind: 'done', value: await call() };
    } catch (error) {
      this.first ??= error;
      const name = error instanceof Error ? error.name : 'unknown';
      // Only the text of a Failure is known to contain no data.
      this.log.error(this.event, { ...fields, error: name, reason: error instanceof Failure ? error.message : undefined });
      return { kind: 'failed' };
    }
  }
}
