import pLimit from 'p-limit';
import type { OrdersApplication } from './orders-application';

/** Orders that are written at the same time. */
const CONCURRENCY = 4;

/** Writes orders in the background, while the state machines run. */
export class BackgroundWriter {
  private readonly limit = pLimit(CONCURRENCY);
  private readonly inProgress = new Set<Promise<void>>();
  private readonly failures: unknown[] = [];

  public constructor(private readonly application: OrdersApplication) {}

  /** Starts to write one order, and returns immediately. */
  public startOrder(): void {
    const writing: Promise<void> = this.limit(() => this.application.writeOrder())
      .catch((failure: unknown) => { this.failures.push(failure); })
      .finally(() => this.inProgress.delete(writing));
    this.inProgress.add(writing);
  }

  /**
   * Waits until every order is written. Throws the first failure: an application must not notice that its
   * key is rotated.
   */
  public async idle(): Promise<void> {
    while (this.inProgress.size > 0) await Promise.all(this.inProgress);
    const [failure] = this.failures.splice(0);
    if (failure !== undefined) throw failure;
  }
}
