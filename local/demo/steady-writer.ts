import pLimit from 'p-limit';
import type { OrdersApplication } from './orders-application';

/** Orders that are under way at the same time. */
const CONCURRENCY = 4;

/** An application that goes on writing in the background, at the pace at which it is nudged, whatever else is under way. */
export class SteadyWriter {
  private readonly limit = pLimit(CONCURRENCY);
  private readonly underWay = new Set<Promise<void>>();
  private readonly failures: unknown[] = [];

  public constructor(private readonly application: OrdersApplication) {}

  public nudge(): void {
    const writing: Promise<void> = this.limit(() => this.application.writeOrder())
      .catch((failure: unknown) => { this.failures.push(failure); })
      .finally(() => this.underWay.delete(writing));
    this.underWay.add(writing);
  }

  /** Waits until every order is written. Throws when one could not be: an application must not notice that its key is rotated. */
  public async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
    const [failure] = this.failures.splice(0);
    if (failure !== undefined) throw failure;
  }
}
